%% Bit strings that are not whole bytes: made, matched, compared, kept, sent, written and read.
-module(otp_bits_tests).
-compile(export_all).
-compile(nowarn_export_all).

tests() ->
    [made_test, matched_test, fields_test, wrong_sizes_test, comprehension_test, order_test, sizes_test, kinds_test, kept_test, sent_test,
     external_test, wrong_external_test, lists_test, refused_test, printed_test, evaluated_test, compiled_test, literals_test,
     many_test, collected_test].

t(Work) ->
    try Work() catch Class:Reason -> {Class, Reason} end.

same(Term) -> Term.

%% The first bits of some bytes, and what is behind so many.
cut(Bytes, Bits) ->
    <<First:Bits/bitstring, Rest/bitstring>> = Bytes,
    {First, Rest}.

text() -> same(<<"A text of more than sixty-four bytes, so that the virtual machine keeps it outside of the heaps.">>).

some() ->
    Short = <<16#a5, 16#3c, 16#99>>,
    [element(1, cut(Short, Bits)) || Bits <- lists:seq(0, 24)] ++ [element(2, cut(Short, Bits)) || Bits <- lists:seq(1, 24)]
        ++ [element(2, cut(text(), Bits)) || Bits <- [1, 7, 8, 13, 100, 700]] ++ [element(1, cut(text(), Bits)) || Bits <- [63, 65, 511, 513, 700]].

made_test() ->
    Some = some(),
    [{<<One/bitstring, Other/bitstring>>, <<1:3, One/bits, 5:4, Other/bits, 1:1>>} || One <- Some, Other <- [<<>>, <<5:3>>, <<1, 2>>, <<1, 2:7>>]]
        ++ [<<N:Bits>> || Bits <- lists:seq(0, 64), N <- [same(0), 1, -1, 16#123456789abcdef]]
        ++ [<<1:3, N:Bits/little, 1:2>> || Bits <- [8, 16, 32], N <- [same(1), 16#12345678]]
        ++ [<<1:5, "text", Char/utf8, 2:2>> || Char <- [$a, $é, $€, 16#1f600]]
        ++ [<<1:3, F/float, 2:3, F:32/float-little, F/little-float>> || F <- [same(1.5), -0.1, 1.0e300], F < 1.0e30]
        ++ [<<1:3, Char/utf16, 2:3, Char/little-utf16, 1:1, Char/utf32, 5:3, Char/utf32-little>> || Char <- [$a, same($é), $€, 16#1f600]]
        ++ [<<One:3/bitstring, One:2/binary-unit:1>> || One <- Some, bit_size(One) >= 3].

matched_test() ->
    [begin
         {First, Rest} = cut(Bytes, Bits),
         <<_:Bits, N:5, More/bits>> = <<Bytes/bits, 0:5>>,
         {First, Rest, N, More, cut(Rest, 0), <<First/bits, Rest/bits>> =:= Bytes}
     end || Bytes <- some(), Bits <- [0, 1, 3, 8, 11], Bits =< bit_size(Bytes)]
        ++ [heads(Bytes) || Bytes <- some()].

fields_test() ->
    Fields = [begin
                  <<_:3, F/float, 2:3, G:32/float-little, H/little-float, _/bits>> = <<1:3, F0/float, 2:3, F0:32/float-little, F0/little-float, 3:2>>,
                  {F, G, H}
              end || F0 <- [same(1.5), -0.1, 0.0]],
    Chars = [begin
                 <<_:3, A/utf8, 2:3, B/utf16, 1:1, C/little-utf16, 3:2, D/utf32, 1:3, E/utf32-little, R/bits>> =
                     <<1:3, Char/utf8, 2:3, Char/utf16, 1:1, Char/little-utf16, 3:2, Char/utf32, 1:3, Char/utf32-little, 9:7>>,
                 {A, B, C, D, E, R}
             end || Char <- [same($a), $é, $€, 16#1f600]],
    Wrong = [t(fun() -> <<_:Bits, C/utf8, _/bits>> = <<0:Bits, Bytes/bits>>, C end) ||
                Bits <- [0, 3], Bytes <- [<<255>>, <<16#c3>>, <<16#c3, 5:3>>, <<16#ed, 16#a0, 16#80>>, <<16#c0, 16#80>>, <<>>]]
        ++ [t(fun() -> <<_:Bits, C/utf16, _/bits>> = <<0:Bits, Bytes/bits>>, C end) || Bits <- [0, 3], Bytes <- [<<16#d800:16>>, <<16#d83d:16, 16#41:16>>, <<1>>]]
        ++ [t(fun() -> <<_:Bits, C/utf32, _/bits>> = <<0:Bits, Bytes/bits>>, C end) || Bits <- [0, 3], Bytes <- [<<16#d800:32>>, <<16#110000:32>>, <<1:31>>]]
        ++ [t(fun() -> <<_:Bits, F/float, _/bits>> = <<0:Bits, Bytes/bits>>, F end) || Bits <- [0, 3], Bytes <- [<<-1:64>>, <<0:63>>]],
    {Fields, Chars, Wrong}.

heads(<<>>) -> none;
heads(<<5:3>>) -> five;
heads(<<A:4, Rest/binary>>) -> {four, A, Rest};
heads(<<1:1, Rest/bitstring>>) -> {one, heads(Rest)};
heads(<<_:1, B:1/bits, Rest/bitstring>>) -> {bits, B, heads(Rest)};
heads(<<Last/bits>>) -> {last, Last}.

wrong_sizes_test() ->
    [t(fun() -> <<Bytes:Size/bitstring>> end) || Bytes <- [<<1, 2:3>>, same(a)], Size <- [same(-1), 0, 11, 12, same(a), 1 bsl 27]]
        ++ [t(fun() -> <<Bytes:Size/binary>> end) || Bytes <- [<<1, 2:3>>], Size <- [same(-1), 0, 1, 2]]
        ++ [t(fun() -> <<(same(<<1:3>>))/binary>> end), t(fun() -> <<1, (same(<<1:9>>))/binary-unit:3>> end), t(fun() -> <<(same(<<1:9>>))/binary-unit:4>> end)]
        ++ [t(fun() -> <<_:Size/bitstring, _/bits>> = <<1, 2:3>>, ok end) || Size <- [same(-1), -8, 0, 11, 12, 1 bsl 26]]
        ++ [t(fun() -> <<_:3, _:Size/binary, _/bits>> = <<1, 2, 3:3>>, ok end) || Size <- [same(-1), 0, 1, 2, 3, 1 bsl 26]]
        ++ [t(fun() -> <<_:3, _/binary>> = Bytes, ok end) || Bytes <- [<<1>>, <<1:3>>, <<1, 2:3>>]].

comprehension_test() ->
    Bytes = <<16#a5, 16#3c, 5:3>>,
    {<< <<(X rem 2):1>> || X <- lists:seq(1, 21) >>, [X || <<X:1>> <= Bytes], [X || <<X:3/bits>> <= Bytes],
     << <<X:2, 1:1>> || <<X:2>> <= Bytes >>, << <<X/bits>> || X <- some() >>, << <<X:4>> || <<X>> <= <<"digits">> >>,
     << <<X>> || <<X>> <= Bytes >>, [t(fun() -> << <<X:3>> || <<X:2>> <= Term >> end) || Term <- [same(a), 1]]}.

%% Many comparisons, told by their hash.
order_test() ->
    Some = some(),
    Terms = Some ++ [a, 1, 1.5, [], {}, #{}, [1]],
    {lists:sort(Some), erlang:phash2([{One < Other, One == Other, One =:= Other, One =< Other} || One <- Some, Other <- Terms]),
     [erlang:phash2([lists:max([One, Other]) || Other <- Terms]) || One <- Some]}.

sizes_test() ->
    [{bit_size(One), byte_size(One), size(One), tuple_size({One})} || One <- some()].

kinds_test() ->
    [{is_binary(One), is_bitstring(One), erlang:is_binary(One), erlang:is_bitstring(One), lists:filter(fun erlang:is_bitstring/1, [One]),
      guarded(One), same(is_bitstring(One)) =:= true} || One <- some() ++ [a, [], {1}]].

guarded(B) when is_binary(B), byte_size(B) > 1 -> bytes;
guarded(B) when bit_size(B) rem 2 =:= 1 -> odd;
guarded(B) when is_bitstring(B) andalso not is_binary(B) -> bits;
guarded(_) -> other.

%% As keys and values, in tables and dictionaries.
kept_test() ->
    Some = lists:usort(some()),
    Map = maps:from_list([{One, bit_size(One)} || One <- Some]),
    Table = ets:new(table, [ordered_set]),
    true = ets:insert(Table, [{One, <<One/bits, 1:1>>} || One <- Some]),
    put(<<1:1>>, <<2:2>>),
    {Map, [maps:get(One, Map) =:= bit_size(One) || One <- Some], ets:tab2list(Table), ets:lookup(Table, <<16#a5, 1:3>>),
     ets:select(Table, [{{'$1', '_'}, [{'<', {bit_size, '$1'}, 4}], ['$1']}]), get(<<1:1>>), erase(<<1:1>>), ets:delete(Table),
     [erlang:phash2(Term) || One <- Some, Term <- [One, {One, 1}]]}.

sent_test() ->
    Me = self(),
    Some = some(),
    Echo = spawn(fun() -> receive {From, Terms} -> From ! {self(), [<<Term/bits, 1:1>> || Term <- Terms]} end end),
    Echo ! {Me, Some},
    receive {Echo, Back} -> Back =:= [<<Term/bits, 1:1>> || Term <- Some] after 5000 -> none end.

external_test() ->
    Some = some(),
    [{term_to_binary(One), binary_to_term(term_to_binary({One, [One | One]}))} || One <- Some]
        ++ [erlang:external_size(<<1:3>>)].

wrong_external_test() ->
    [t(fun() -> binary_to_term(<<131, 77, Rest/binary>>) end) ||
        Rest <- [<<>>, <<0, 0, 0, 1>>, <<0, 0, 0, 1, 3>>, <<0, 0, 0, 2, 3, 255>>, <<255, 255, 255, 255, 3, 1>>, <<0, 0, 0, 1, 9, 255>>,
                 <<0, 0, 0, 1, 3, 255>>, <<0, 0, 0, 1, 8, 255>>, <<0, 0, 0, 0, 0>>]].

lists_test() ->
    {[bitstring_to_list(One) || One <- some()], [list_to_bitstring(bitstring_to_list(One)) =:= One || One <- some()],
     list_to_bitstring([1, <<1:1>>, [<<2:2>>, 7, []] | <<3:3>>]),
     [t(fun() -> list_to_bitstring(Wrong) end) || Wrong <- [same(a), [a], [<<1:1>> | 2], [256, <<1:1>>], <<1:1>>]],
     [t(fun() -> bitstring_to_list(Wrong) end) || Wrong <- [same(a), []]]}.

%% What takes whole bytes alone.
refused_test() ->
    Bits = same(<<1, 2:3>>),
    [t(fun() -> apply(M, F, [Bits | More]) end) || {M, F, More} <- [
        {binary, copy, []}, {binary, at, [0]}, {binary, first, []}, {binary, split, [<<1>>]}, {binary, match, [<<1>>]}, {binary, part, [0, 1]},
        {erlang, binary_to_list, []}, {erlang, list_to_binary, []}, {erlang, iolist_to_binary, []}, {erlang, binary_to_integer, []},
        {erlang, binary_to_atom, []}, {erlang, crc32, []}, {erlang, binary_to_term, []}, {erlang, binary_part, [0, 1]}]]
        ++ [t(fun() -> F([Bits]) end) || F <- [fun list_to_binary/1, fun iolist_to_binary/1, fun iolist_size/1]].

printed_test() ->
    [lists:flatten(io_lib:format(Format, [One])) || One <- some(), Format <- ["~w", "~p", "~1000p", "~W"], Format =/= "~W"]
        ++ [lists:flatten(io_lib:format("~W ~P", [One, 5, One, 5])) || One <- some()].

evaluated(Source) ->
    {ok, Tokens, _} = erl_scan:string(Source),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    t(fun() -> element(2, erl_eval:exprs(Expressions, [])) end).

evaluated_test() ->
    [evaluated(Source) || Source <- [
        "<<1:3>>.", "<<A:3, B/bits>> = <<1, 2>>, {A, B}.", "<<7:12/little>>.", "<<A:12/little>> = <<7:12/little>>, A.",
        "<< <<X:3>> || X <- [1, 2, 3] >>.", "[X || <<X:3/bits>> <= <<1, 2, 3:3>>].", "<<1:70, 3:5>>.", "<<A:70, B:5>> = <<1:70, 3:5>>, {A, B}.",
        "F = fun(<<A:1, _/bits>>) -> A; (_) -> none end, [F(<<1:1>>), F(<<>>), F(a)].", "<<-1:67/signed, 0:5>>.", "<<A:67/signed, _/bits>> = <<-1:80>>, A.",
        "<<1:3, 16#123456789abcdef0123:77/little>>.", "is_bitstring(<<1:1>>).", "<<(<<1:3>>)/binary>>."]].

%% A module, compiled where the test runs.
compiled_test() ->
    File = "/tmp/otp_bits_made.erl",
    ok = file:write_file(File,
        "-module(otp_bits_made).\n-compile([export_all, nowarn_export_all]).\n"
        "flags(<<Fin:1, _:3, Op:4, Mask:1, Length:7, Rest/bits>>) -> {Fin, Op, Mask, Length, Rest};\nflags(<<Rest/bits>>) -> {rest, Rest}.\n"
        "runs(<<B:1, Rest/bits>>) -> runs(Rest, B, 1);\nruns(<<>>) -> [].\n"
        "runs(<<B:1, Rest/bits>>, B, N) -> runs(Rest, B, N + 1);\nruns(Rest, B, N) -> [{B, N} | runs(Rest)].\n"
        "turned(Bits) -> turned(Bits, <<>>).\nturned(<<B:1, Rest/bits>>, Done) -> turned(Rest, <<B:1, Done/bits>>);\nturned(<<>>, Done) -> Done.\n"
        "kept(Size, Bits) -> <<Part:Size/bits, _/bits>> = Bits, Part.\nliteral() -> <<1:3, 5:5, 9:9>>.\nwide() -> <<_:4, A:72, _:4>> = <<1:4, 16#123456789abcdef012:72, 2:4>>, A.\n"
        "pairs(Bits) -> [{A, B} || <<A:1/bits, B:2>> <= Bits].\nis(Bits) when is_bitstring(Bits), not is_binary(Bits) -> bits;\nis(_) -> no.\n"),
    {ok, otp_bits_made, Beam} = compile:file(File, [binary, return_errors]),
    {module, otp_bits_made} = code:load_binary(otp_bits_made, File, Beam),
    {[otp_bits_made:flags(One) || One <- some()], [otp_bits_made:runs(One) || One <- some()], [otp_bits_made:turned(One) || One <- some()],
     [otp_bits_made:kept(3, One) || One <- some(), bit_size(One) > 2], t(fun() -> otp_bits_made:kept(12, <<1, 1:3>>) end), otp_bits_made:literal(),
     otp_bits_made:wide(), [otp_bits_made:pairs(One) || One <- some()], [otp_bits_made:is(One) || One <- some()]}.

literals_test() ->
    [<<1:1>>, {<<2:3>>, [<<1, 2, 3:4>>]}, #{<<1:7>> => <<0:7>>}, <<0:7>> =:= same(<<0:7>>), <<"text", 1:1>>].

%% More than a heap binary holds, bit by bit.
many_test() ->
    Bits = << <<(X band 1):1>> || X <- lists:seq(1, 5001) >>,
    {erlang:md5(<<Bits/bits, 0:7>>), bit_size(Bits), length([X || <<X:1>> <= Bits, X =:= 1]), <<Bits/bits, Bits/bits>> =:= list_to_bitstring([Bits, Bits])}.

%% They outlive what they are parts of.
collected_test() ->
    Parts = [element(2, cut(binary:copy(text(), 20), Bits)) || Bits <- lists:seq(1, 40)],
    erlang:garbage_collect(),
    Kept = lists:map(fun(Part) -> erlang:garbage_collect(), <<Part:300/bits>> end, Parts),
    erlang:garbage_collect(),
    {Kept, [erlang:md5(<<Part/bits, 0:(-bit_size(Part) band 7)>>) || Part <- Parts]}.
