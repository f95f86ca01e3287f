%% What the overlays add to the libraries: bits at the prompt, frames of errors, wrong characters, large maps,
%% applications, the timer's server.
-module(otp_library_tests).
-compile(export_all).
-compile(nowarn_export_all).

tests() -> [bits_test, frames_test, characters_test, hex_test, large_maps_test, applications_test, timer_server_test].

t(Work) ->
    try Work() catch Class:Reason -> {Class, Reason} end.

evaluated(Source) ->
    {ok, Tokens, _} = erl_scan:string(Source),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    try element(2, erl_eval:exprs(Expressions, [])) catch Class:Reason -> {Class, Reason} end.

bits_test() ->
    [evaluated(Source) || Source <- [
        "<<A:4, B:4, C/binary>> = <<16#12, 3>>, {A, B, C}.", "X = 1, Y = 2, <<X:4, Y:4>>.", "<<1:3, 2:5, 7:8>>.",
        "<<F:1, _:7, R/binary>> = <<200, 1>>, {F, R}.", "[N || <<N:4>> <= <<16#1234:16>>].", "<<A:3/signed, B:5>> = <<255>>, {A, B}.",
        "<<A:12, B:4>> = <<1, 2>>, {A, B}.", "<<L:8, T:L/binary, R/binary>> = <<2, \"abc\">>, {T, R}.", "<<A:4>> = <<1>>.",
        "<<1:4, \"a\", 2:4>>.", "<<A:16/little>> = <<1, 2>>, A.", "[{A, B} || <<A:2, B:6>> <= <<255, 0>>]."]].

%% The function that raised, its arguments and its module.
top(Work) ->
    try
        Work()
    catch
        error:Reason:Stack ->
            [{Module, Name, Arguments, _} | _] = Stack,
            {Reason, Module, Name, Arguments}
    end.

frames_test() ->
    [top(fun() -> maps:fold(a, b, c) end), top(fun() -> maps:filter(a, #{}) end), top(fun() -> lists:nth(0, [a]) end),
     top(fun() -> maps:update_with(a, b, #{}) end), top(fun() -> binary:decode_hex(<<"a">>) end),
     top(fun() -> re:run("a", "(", []) end)]
    ++ [top(fun() -> apply(lists, Name, Arguments) end) || {Name, Arguments} <- [
        {keyfind, [a, b, c]}, {keymember, [a, 0, c]}, {keysearch, [1, 1, {no, list}]}, {keyfind, [{a}, 1, [{b} | c]]},
        {member, [a, b]}, {member, [a, [b | c]]}, {reverse, [a, []]}, {reverse, [[b | c], d]}, {subtract, [a, []]}]].

characters_test() ->
    [unicode:characters_to_binary(<<"ab", 255>>), unicode:characters_to_binary(["a", <<195>>]),
     unicode:characters_to_list(<<255>>), unicode:characters_to_list([<<195>>, <<165>>]),
     unicode:characters_to_binary([97, 16#D800, 98]), t(fun() -> unicode:characters_to_binary(a) end),
     t(fun() -> unicode:characters_to_list([a]) end), unicode:characters_to_binary("åé", unicode, latin1),
     unicode:characters_to_binary([8364], unicode, latin1), unicode:characters_to_binary("aé", unicode, utf16),
     unicode:characters_to_list(<<0, 97>>, utf16), unicode:characters_to_binary(<<"é">>, latin1, utf8)].

hex_test() ->
    Bytes = << <<N>> || N <- lists:seq(0, 255) >>,
    Hex = binary:encode_hex(Bytes),
    {Hex, binary:decode_hex(Hex) =:= Bytes, binary:encode_hex(<<10, 11>>, lowercase), t(fun() -> binary:decode_hex(<<"zz">>) end)}.

large_maps_test() ->
    Pairs = [{{N, float(N)}, [N, <<N:32>>, "text", make_ref()]} || N <- lists:seq(1, 3000)],
    Map = maps:from_list(Pairs),
    Twice = maps:from_list(Pairs ++ [{Key, later} || {Key, _} <- Pairs]),
    Merged = maps:merge(Map, maps:from_list([{N, N} || N <- lists:seq(1, 500)])),
    {lists:sort(maps:to_list(Map)) =:= lists:sort(Pairs), lists:usort(maps:values(Twice)), map_size(Twice), map_size(Merged),
     map_size(maps:remove({7, 7.0}, Merged)), maps:merge_with(fun(_, A, B) -> A + B end, #{a => 1, b => 2}, #{b => 3, c => 4})}.

applications_test() ->
    Own = {application, own, [{vsn, "1"}, {applications, [stdlib]}, {env, [{key, value}]}]},
    {application:load(Own), application:start(own), application:get_env(own, key), application:set_env(own, more, 1),
     lists:sort(application:get_all_env(own)), lists:keymember(own, 1, application:which_applications()),
     application:get_key(own, vsn), application:stop(own), application:unload(own), application:get_env(own, key),
     application:start(own_that_is_nowhere)}.

timer_server_test() ->
    Self = self(),
    {ok, _} = timer:send_after(1, first),
    {ok, Ticks} = timer:send_interval(1, tick),
    {ok, _} = timer:apply_after(1, erlang, send, [Self, applied]),
    Seen = [receive Message -> Message end || Message <- [first, tick, tick, applied]],
    {ok, cancel} = timer:cancel(Ticks),
    Seen.
