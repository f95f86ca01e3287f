%% Binaries beyond whole bytes and plain text: parts that begin within a byte, encodings, what a part belongs to, memory.
-module(otp_bytes_tests).
-compile(export_all).
-compile(nowarn_export_all).

tests() ->
    [bits_within_bytes_test, little_bits_test, little_bits_evaluated_test, wide_numbers_test, map_guards_test,
     bits_evaluated_test, bits_compiled_test, patterns_compiled_test, sizes_compiled_test, headers_test, encodings_test,
     wrong_characters_test, ends_of_lists_test, several_patterns_test, suffix_test, referenced_test, shared_test,
     appended_test, handlers_test, re_frames_test].

t(Work) ->
    try Work() catch Class:Reason -> {Class, Reason} end.

same(Term) -> Term.

evaluated(Source, Handler) ->
    {ok, Tokens, _} = erl_scan:string(Source),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    t(fun() -> element(2, erl_eval:exprs(Expressions, [], none, Handler)) end).

%% A list of bytes or characters ends in a binary or in nothing.
ends_of_lists_test() ->
    Lists = [[1 | 2], [<<"a">> | 1], [1, [2 | 3], 4], [1, [2 | <<3>>], 4 | <<5>>], [1 | a], [[] | 300], [[[] | []] | <<>>], [[<<"é"/utf8>> | 1 bsl 40]]],
    Functions = [fun iolist_to_binary/1, fun iolist_size/1, fun list_to_binary/1, fun erlang:md5/1, fun erlang:crc32/1,
                 fun unicode:characters_to_binary/1, fun unicode:characters_to_list/1],
    [[t(fun() -> Function(List) end) || List <- Lists] || Function <- Functions].

%% The first that is found counts, and the longer of two in one place; what is long is not gone through for each match.
several_patterns_test() ->
    Subject = << <<($a + N * N rem 11 rem 4)>> || N <- lists:seq(1, 60) >>,
    Patterns = [[<<"b">>, <<"ab">>], [<<"ab">>, <<"abb">>, <<"bba">>], [<<"aa">>, <<"a">>, <<"z">>], [<<"bb">>, <<"ba">>, <<"c">>, <<"cb">>], [<<"z">>]],
    Long = binary:copy(<<"ab">>, 20_000),
    {[[binary:matches(Subject, Some), binary:matches(Subject, Some, [{scope, {7, 40}}]), binary:split(Subject, Some, [global]),
       binary:split(Subject, Some), binary:match(Subject, Some)] || Some <- Patterns],
     length(binary:matches(Long, [<<"a">>, <<"bab">>, <<"c">>])), length(binary:split(Long, [<<"c">>, <<"b">>], [global]))}.

%% Parts that begin within a byte, built and matched.
bits_within_bytes_test() ->
    Bytes = same(<<"some bytes">>),
    Size = byte_size(Bytes),
    Built = [<<0:3, Bytes/binary, 31:5>>, <<-1:5, Bytes/binary, 0:3>>, <<1:1, Bytes/binary, 2:2, Bytes/binary, 5:5>>,
             <<"ab", 1:4, "cd", Bytes:4/binary, 1.5/float, $e/utf8, 3:4>>, <<1:9, Bytes:2/binary, 1:7, Bytes/binary>>,
             <<7:3, (same(<<>>))/binary, 0:5>>, <<1:4, 16#1234:16/little, Bytes:1/binary, 1:4>>],
    [A, B, C, D, E, F, _] = Built,
    <<0:3, A1:Size/binary, 31:5>> = A,
    <<Ones:5, B1:Size/binary, Zeros:3>> = B,
    <<_:1, C1:Size/binary, Two:2, C2:Size/binary, 5:5>> = C,
    <<"ab", 1:4, "cd", D1:4/binary, D2/float, _/utf8, Three:4>> = D,
    <<E0:9, E1:2/binary, 1:7, E2/binary>> = E,
    <<7:3, F1:0/binary, _:5>> = F,
    Whole = <<First:4, Rest:3/binary, _/bitstring>> = <<"whole!">>,
    Chars = [begin <<_:N, Char:1/binary, _/bits>> = Bytes, Char end || N <- [0, 8]],
    {Built, A1, Ones, B1, Zeros, C1, Two, C2, D1, D2, Three, E0, E1, E2, F1, Whole, First, Rest, Chars,
     [t(fun() -> <<X:3, Y:2/binary, 5:5>> = Wrong, {X, Y} end) || Wrong <- [Bytes, <<>>, <<1>>, <<1, 2, 3>>, <<0, 0, 5>>, same(a)]],
     [t(fun() -> <<0:3, Wrong/binary, 0:5>> end) || Wrong <- [same(a), same(1)]],
     t(fun() -> <<(same(a)):3, Bytes/binary, 0:5>> end)}.

%% Numbers that are not whole bytes, with the byte of least weight in front.
little_bits_test() ->
    Numbers = [same(Number) || Number <- [0, 1, 16#123, 16#fff, 16#abcde, -1, -16#321]],
    Built = [<<N:12/little, 5:4>> || N <- Numbers] ++ [<<5:4, N:20/native>> || N <- Numbers]
        ++ [<<1:1, N:9/little, N:13/little-signed, 1:1>> || N <- Numbers] ++ [<<N:12/little, "ab", (same(<<"part">>))/binary, 5:4>> || N <- Numbers],
    Read = [begin
        <<A:12/little, B:4, _/binary>> = Bytes,
        <<_:1, C:13/little-signed, D:10/native, _/bits>> = Bytes,
        <<_:4, E:12/signed-little, _/binary>> = Bytes,
        {A, B, C, D, E}
    end || Bytes <- Built, byte_size(Bytes) > 2],
    Known = same(16#123),
    {Built, Read, t(fun() -> <<Known:12/little, 5:4>> = hd(tl(Built)) end), t(fun() -> <<Known:12/little, 5:4>> = <<16#23, 16#15>> end),
     t(fun() -> <<_:12/little>> = <<1>> end), t(fun() -> <<(same(a)):12/little, 0:4>> end),
     <<<<N:12/little, 1:4>> || N <- Numbers>>}.

little_bits_evaluated_test() ->
    [evaluated(Source, none) || Source <- [
        "<<16#123:12/little, 5:4>>.", "<<5:4, -2:20/native>>.", "<<A:12/little, B:4>> = <<16#23, 16#15>>, {A, B}.",
        "<<A:1, B:13/little-signed, C:10/native>> = <<200, 255, 3>>, {A, B, C}.", "[N || <<N:12/little>> <= <<1, 2, 3, 4, 5, 6>>].",
        "<<A:16/little, B:24/little-signed, C/binary>> = <<1, 2, 3, 4, 255, 6>>, {A, B, C}.", "<<A:65/little, _:7>> = <<1:72>>, A."]].

%% Numbers of addresses, digests and identifiers.
wide_numbers_test() ->
    Wide = same(16#0123456789abcdef0011223344556677),
    High = same(16#f123456789abcdef0011223344556677),
    Digest = same(<<"0123456789abcdef">>),
    [t(Work) || Work <- [fun() -> <<Wide:128>> end, fun() -> <<High:128>> end, fun() -> <<Wide:128/little>> end, fun() -> <<(same(-2)):80/little>> end, fun() -> <<(same(a)):80>> end, fun() -> <<Wide:72>> end, fun() -> <<Wide:136>> end, fun() -> <<(same(1)):160>> end, fun() -> <<(same(-1)):160>> end,
        fun() -> <<(same(-2)):96>> end, fun() -> <<(same(-1)):64>> end,
        fun() -> <<A:128>> = Digest, A end, fun() -> <<A:128/little>> = Digest, A end, fun() -> <<A:96/signed, _/binary>> = Digest, A end,
        fun() -> <<A:72, B/binary>> = Digest, {A, B} end, fun() -> <<A:128/signed>> = same(<<255, 0:120>>), A end]]
        ++ [evaluated(Source, none) || Source <- ["<<-1:128>>.", "<<16#0123456789abcdef0011:72/little>>.", "<<-3:65, 1:7>>."]].

%% Guards that change maps fail where there is nothing to be changed.
map_guards_test() ->
    Terms = [same(Term) || Term <- [#{}, #{a => b}, #{a => c}, [], a, {#{a => b}}]],
    {[guarded(Term) || Term <- Terms], [guarded_in_parts(Term) || Term <- Terms],
     made(otp_guards_made, "f(M) when M#{a => b, c => 1} =:= #{a => b, c => 1} -> yes;\nf(M) when (M#{a := b})#{c := d} =:= M -> both;\nf(_) -> no.\n"),
     [otp_guards_made:f(Term) || Term <- Terms ++ [#{a => b, c => d}]]}.

guarded(M) when M#{} -> a;
guarded(M) when M#{a => b} -> b;
guarded(M) when M#{a := b} =:= M#{a := b}, is_map(M) -> c;
guarded(M) when M#{a => b} =:= M#{a => b} -> d;
guarded(M) when M#{} =:= a; M =:= a -> e;
guarded(_) -> f.

guarded_in_parts(M) when is_atom(M) orelse M#{a := b} =:= #{a => b} -> a;
guarded_in_parts(M) when is_map(M) andalso map_size(M#{b => 1}) > 1; not (M#{a := 1} =:= M) -> b;
guarded_in_parts(_) -> c.

bits_evaluated_test() ->
    [evaluated(Source, none) || Source <- [
        "B = <<\"bytes\">>, <<1:3, B/binary, 2:5>>.", "<<A:3, B:2/binary, C:5>> = <<1, 2, 3>>, {A, B, C}.",
        "<<A:3, B:2/binary, C:5, D/binary>> = <<1, 2, 3, \"rest\">>, {A, B, C, D}.", "<<A:4, F/float, B:4>> = <<1:4, 1.5/float, 2:4>>, {A, F, B}.",
        "<<10/unsigned, \"fgbz\":86>>.", "<<\"ab\":4>>.", "<<\"\":16/signed>>.", "<<\"\":problem/signed>>.",
        "<<A:3, B:9/binary, C:5>> = <<1, 2, 3>>.", "[B || <<_:4, B:1/binary, _:4>> <= <<1, 2, 3, 4>>]."]].

%% A module, compiled where the test runs.
made(Name, Source) ->
    File = "/tmp/" ++ atom_to_list(Name) ++ ".erl",
    ok = file:write_file(File, ["-module(", atom_to_list(Name), ").\n-compile([export_all, nowarn_export_all]).\n", Source]),
    case compile:file(File, [binary, return_errors]) of
        {ok, Name, Beam} -> element(1, code:load_binary(Name, File, Beam));
        Other -> Other
    end.

bits_compiled_test() ->
    {made(otp_bits_made, "put(B) -> <<1:3, B/binary, 2:5>>.\nget(<<_, _/binary>> = B) -> <<A:3, P:2/binary, C:5>> = B, {A, P, C}.\n"),
     otp_bits_made:put(<<"bytes">>), otp_bits_made:get(<<1, 2, 3>>), t(fun() -> otp_bits_made:get(<<1, 2, 3, 4>>) end)}.

%% Patterns with numbers that are known: fields of protocols.
patterns_compiled_test() ->
    Made = made(otp_patterns_made,
        "bits(<<1:3, _:5>>) -> one;\nbits(<<2:3, N:5>>) -> {two, N};\nbits(<<7:3, 3:5, R/binary>>) -> {seven, R};\nbits(<<_:4, 15:4, _/bits>>) -> low;\n"
        "bits(<<\"ab\", 1:4, \"cd\", _:4>>) -> text;\nbits(<<5:9, N:7>>) -> {nine, N};\nbits(_) -> other.\n"
        "utf8(<<2#0:1, C:7, R/binary>>) -> [C | utf8(R)];\nutf8(<<2#110:3, A:5, 2#10:2, B:6, R/binary>>) -> [A bsl 6 + B | utf8(R)];\n"
        "utf8(<<2#1110:4, A:4, 2#10:2, B:6, 2#10:2, C:6, R/binary>>) -> [A bsl 12 + B bsl 6 + C | utf8(R)];\nutf8(R) -> R.\n"
        "ip(<<4:4, 5:4, _:8, Length:16, _:32, Ttl:8, Protocol:8, _:16, From:32, To:32, Data/binary>>) -> {Length, Ttl, Protocol, From, To, Data};\n"
        "ip(<<6:4, _/bits>>) -> six;\nip(_) -> none.\n"
        "words(<<\"hello\", R/binary>>) -> {5, R};\nwords(<<\"goodbye\", R/binary>>) -> {7, R};\nwords(<<\"longer than eight\", R/binary>>) -> {17, R};\nwords(<<0:24, 1:40>>) -> bits;\nwords(_) -> none.\n"
        "signed(<<-1:3/signed, _:5>>) -> minus;\nsigned(<<-1:8/signed>>) -> byte;\nsigned(<<1:1, X:7/signed>>) -> X;\nsigned(_) -> none.\n"
        "each(B) -> [N || <<1:1, N:3>> <= B].\nnibbles(B) -> [{X, Y} || <<X:4, Y:4>> <= B].\nin(B) -> case B of <<3:2, R:6>> when R > 1 -> R; <<3:2, _:6>> -> small; _ -> no end.\n"),
    {Made,
     [otp_patterns_made:bits(B) || B <- [<<32>>, <<65>>, <<227, 1>>, <<15>>, <<"ab", 22, 54, 64>>, <<2, 129>>, <<>>, <<"ab">>]],
     otp_patterns_made:utf8(<<"aé€"/utf8, 255>>), otp_patterns_made:ip(<<69, 0, 0, 24, 0:32, 64, 17, 0:16, 1:32, 2:32, "data">>),
     otp_patterns_made:ip(<<96, 0>>), otp_patterns_made:ip(<<70, 0>>),
     [otp_patterns_made:words(B) || B <- [<<"hello!">>, <<"goodbye.">>, <<"longer than eight">>, <<"hellO">>, <<0:24, 1:40>>, <<>>]],
     [otp_patterns_made:signed(B) || B <- [<<224>>, <<255>>, <<3, 0>>, <<3, 15>>, <<192>>, <<1>>]],
     otp_patterns_made:each(<<16#9a, 16#1f>>), otp_patterns_made:nibbles(<<16#12, 16#34>>), [otp_patterns_made:in(B) || B <- [<<197>>, <<193>>, <<1>>]]}.

%% Patterns whose sizes stand in front of them, and generators beside others.
sizes_compiled_test() ->
    Made = made(otp_sizes_made,
        "tlv(<<T, L:16, V:L/binary, R/binary>>) -> [{T, V} | tlv(R)];\ntlv(<<>>) -> [];\ntlv(R) -> {left, R}.\n"
        "names(<<L, N:L/binary, R/binary>>, A) -> names(R, [N | A]);\nnames(<<255:8, 255:8, _/binary>>, _) -> never;\nnames(R, A) -> {A, R}.\n"
        "two(<<A, B, X:A/binary, Y:B/binary>>) -> {X, Y};\ntwo(<<A, X:A/unit:16, R/binary>>) -> {bits, X, R};\ntwo(<<N:4, M:4, X:N/binary, Y:M/binary>>) -> {nibbles, X, Y};\ntwo(_) -> none.\n"
        "number(<<S, N:S/little, R/binary>>) -> {N, R};\nnumber(_) -> none.\nskip(<<L, _:L/binary, R/binary>>) -> R;\nskip(_) -> short.\n"
        "http(<<\"GET \", R/binary>>) -> http(R, 0);\nhttp(_) -> other.\nhttp(B, N) -> case B of <<P:N/binary, $\\s, R/binary>> -> {P, R}; <<_:N/binary, _, _/binary>> -> http(B, N + 1); _ -> none end.\n"
        "frames(B) -> [{I, F} || <<L, F:L/binary>> <= B, I <- [1, 2]].\nlookup(B, M) -> [V || <<K:16, _:64>> <= B, #{K := V} <- [M]].\npairs(B, C) -> [{X, Y} || <<X>> <= B, <<Y:16>> <= C].\n"
        "kept(<<L, B:L/binary, R/binary>> = All) -> {byte_size(All), B, R, fun() -> R end()}.\nlate(B) -> <<L:16, R/binary>> = B, <<D:L/binary, E/binary>> = R, {D, E}.\n"
        "guarded(<<L, B:L/binary, R/binary>>) when L > 2, byte_size(R) > 0 -> {long, B, R};\nguarded(<<L, B:L/binary, _/binary>>) -> {short, B};\nguarded(_) -> none.\n"),
    {Made,
     [otp_sizes_made:tlv(B) || B <- [<<1, 0, 2, "ab", 2, 0, 0>>, <<>>, <<1, 0, 9, "ab">>]], [otp_sizes_made:names(B, []) || B <- [<<1, "a", 2, "bc">>, <<3, "ab">>, <<>>]],
     [otp_sizes_made:two(B) || B <- [<<1, 2, "abc">>, <<2, 255, 1, 2, 3, 4>>, <<16#12, "abc">>, <<>>]], [otp_sizes_made:number(B) || B <- [<<16, 1, 2, 3>>, <<8, 7>>, <<24, 1>>]],
     [otp_sizes_made:skip(B) || B <- [<<2, "abcd">>, <<9, "a">>]], [otp_sizes_made:http(B) || B <- [<<"GET /x HTTP">>, <<"GET /x">>, <<"PUT">>]],
     otp_sizes_made:frames(<<1, "a", 2, "bc", 9>>), otp_sizes_made:lookup(<<1:16, 0:64, 2:16, 0:64, 3:16, 0:64>>, #{1 => one, 3 => three}), otp_sizes_made:pairs(<<1, 2>>, <<3:16, 4:16, 5>>),
     otp_sizes_made:kept(<<2, "abcd">>), otp_sizes_made:late(<<2:16, "abcd">>), [otp_sizes_made:guarded(B) || B <- [<<3, "abcd">>, <<3, "abc">>, <<1, "abc">>, <<9>>]]}.

headers_test() ->
    {made(otp_headers_made,
          "-include_lib(\"stdlib/include/assert.hrl\").\n-include_lib(\"stdlib/include/ms_transform.hrl\").\n"
          "-include_lib(\"stdlib/include/qlc.hrl\").\n-include_lib(\"kernel/include/file.hrl\").\n"
          "equal(X) -> ?assertEqual(1, X).\nspec() -> ets:fun2ms(fun({K, V}) when V > 1 -> K end).\n"
          "query(L) -> qlc:e(qlc:q([X * 2 || X <- L, X > 1])).\ninfo() -> #file_info{size = 3}.\n"),
     otp_headers_made:equal(1), t(fun() -> otp_headers_made:equal(2) end), otp_headers_made:spec(),
     otp_headers_made:query([1, 2, 3]), otp_headers_made:info(),
     made(otp_headers_made, "-include_lib(\"stdlib/include/nosuch.hrl\").\n-include_lib(\"nosuch/include/a.hrl\").\n")}.

encodings() -> [utf8, utf16, {utf16, little}, utf32, {utf32, little}].

%% Every character of some ranges, there and back; long texts come in pieces.
encodings_test() ->
    Texts = [lists:seq(0, 300), lists:seq(16#D7F0, 16#D7FF) ++ lists:seq(16#E000, 16#E00F), lists:seq(16#FFF0, 16#10010),
             lists:seq(16#10FFF0, 16#10FFFF), lists:append(lists:duplicate(200, lists:seq(1, 99)))],
    [begin
        Bytes = unicode:characters_to_binary(Text, unicode, Encoding),
        Back = unicode:characters_to_list(Bytes, Encoding),
        {Encoding, byte_size(Bytes), erlang:crc32(Bytes), Back =:= Text,
         [unicode:characters_to_binary(["x", Bytes], Encoding, Other) =:= unicode:characters_to_binary([$x | Text], unicode, Other)
          || is_list(Back), Encoding =:= utf8, Other <- encodings()]}
     end || Encoding <- encodings(), Text <- Texts].

wrong_characters_test() ->
    Wrong = [<<"ab", 255, "c">>, <<"ab", 195>>, <<0, 97, 16#D8, 0, 0, 98>>, <<97, 0, 0, 16#DC, 98, 0>>, <<0, 97, 16#D8>>,
             <<0, 17, 0, 0>>, <<0, 0, 0, 97, 0, 0, 16#D8, 0>>, <<97, 0, 0>>, <<>>],
    {[{unicode:characters_to_list(Bytes, Encoding), unicode:characters_to_binary(Bytes, Encoding, Other)}
      || Bytes <- Wrong, Encoding <- encodings(), Other <- [utf8, latin1, utf16]],
     [t(fun() -> unicode:characters_to_binary(Chars, latin1, Other) end)
      || Chars <- ["ab" ++ [16#FFF], [<<"ab">>, 256], [255, <<254>>], [a], ["a" | <<"b">>]], Other <- [utf8 | encodings()]],
     [t(fun() -> unicode:characters_to_list(Chars, latin1) end) || Chars <- [[$a, 16#FFF], [<<255>>, 300, 1], [256 | <<"b">>]]],
     [t(fun() -> unicode:characters_to_binary(Chars, unicode, Encoding) end)
      || Chars <- [[$a, 16#D800, $b], [16#110000], [-1]], Encoding <- encodings()]}.

suffix_test() ->
    Zeros = <<0:80000>>,
    {binary:longest_common_suffix([<<"erlang">>, <<"lang">>, <<"slang">>]), binary:longest_common_suffix([<<"a">>, <<"b">>]),
     binary:longest_common_suffix([<<>>, <<"b">>]), binary:longest_common_suffix([<<"same">>]),
     binary:longest_common_suffix([<<1, Zeros/binary, 5>>, <<2, Zeros/binary, 5>>, <<Zeros/binary, 5>>]),
     binary:longest_common_suffix([<<Zeros/binary, 4, 5>>, <<Zeros/binary, 3, 5>>]),
     [t(fun() -> binary:longest_common_suffix(Wrong) end) || Wrong <- [[], same(a), [<<"a">>, b], [a], [<<"a">> | b]]]}.

referenced_test() ->
    Whole = binary:copy(<<"0123456789">>, 100),
    <<_:100/binary, Rest/binary>> = Whole,
    [t(fun() -> binary:referenced_byte_size(Term) end)
     || Term <- [Whole, Rest, binary:part(Whole, 500, 100), binary:copy(Rest), binary:part(Rest, 100, 200), same(a), same([])]].

%% Two terms that are equal may be one, and then count once.
shared_test() ->
    One = lists:seq(1, 5),
    Other = lists:seq(1, 5),
    {[erts_debug:same(A, B) || {A, B} <- [{One, One}, {One, Other}, {tl(One), tl(One)}, {a, a}, {1, 1}, {a, b}, {[], []}, {[], {}}]],
     erts_debug:size({One, One}), erts_debug:size({One, Other}), erts_debug:flat_size({One, One}),
     [erts_debug:flat_size(Term) || Term <- [{1, 2}, {One, One}, {a}, [{1, 2}]]]}.

%% The old versions of a binary that grows must not wait for a large heap to fill.
appended_test() ->
    List = lists:seq(1, 60_000),
    Grown = grown(40_000, <<>>),
    {length(List), byte_size(Grown), erlang:crc32(Grown), lists:sum(List)}.

grown(0, Binary) -> Binary;
grown(Count, Binary) -> grown(Count - 1, <<Binary/binary, Count:16>>).

%% A handler is asked about functions that are called, also by interpreted funs, and not about those funs.
handlers_test() ->
    Self = self(),
    Handler = {value, fun(Function, Arguments) ->
        Self ! {asked, Function, Arguments},
        case Function of {Module, Name} -> apply(Module, Name, Arguments); _ -> apply(Function, Arguments) end
    end},
    Values = [evaluated(Source, Handler) || Source <- ["F = fun(N) -> lists:seq(1, N) end, F(3).",
        "F = fun G(0) -> done; G(N) -> G(N - 1) end, F(2).", "F = fun lists:reverse/1, length(F([1, 2]))."]],
    {Values, asked()}.

asked() ->
    receive {asked, Function, Arguments} -> [{is_function(Function) orelse Function, Arguments} | asked()] after 0 -> [] end.

%% The function that raised, its arguments and what explains them.
top(Work) ->
    try
        Work()
    catch
        error:Reason:Stack ->
            [{Module, Name, Arguments, Info} | _] = Stack,
            {Reason, Module, Name, Arguments, proplists:get_value(error_info, Info)}
    end.

re_frames_test() ->
    [top(fun() -> re:run(same(x), "a") end), top(fun() -> re:run("a", same(x)) end), top(fun() -> re:compile(same(x)) end),
     top(fun() -> re:run("apa", "p", [{capture, [1, {a}]}, global]) end),
     top(fun() -> re:run("apa", same({1, 2, 3, 4}), [global]) end), re:run("x", lists:duplicate(240, $() ++ "x" ++ lists:duplicate(240, $)), [{capture, first}])].
