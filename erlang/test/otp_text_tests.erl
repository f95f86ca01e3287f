%% Strings, Unicode, formatting, scanning of text.
-module(otp_text_tests).
-compile(export_all).
-compile(nowarn_export_all).

tests() ->
    [string_test, string_search_test, string_unicode_test, string_numbers_test, unicode_test, format_test, format_pretty_test, format_errors_test, print_test, fread_test, characters_test, atoms_test, filename_test, uri_test, lists_of_text_test, json_bytes_test, json_long_test, json_text_test].

t(Work) ->
    try Work() catch Class:Reason -> {Class, Reason} end.

f(Format, Arguments) -> unicode:characters_to_binary(io_lib:format(Format, Arguments)).

string_test() ->
    {string:uppercase("abc"), string:lowercase("ÀB"), string:trim("  a b "), string:trim("xxaxx", both, "x"), string:pad("a", 3), string:pad("a", 3, leading, $0), string:reverse("abc"), string:length("abc"), string:slice("abcdef", 2, 3), string:is_empty(""),
     string:equal("a", "A", true), string:titlecase("abc"), string:casefold("ABC"), string:join(["a", "b"], "-"), string:concat("a", "b"), string:chomp("a\r\n"), string:to_graphemes("ab")}.

string_search_test() ->
    {string:split("a,b,c", ","), string:split("a,b,c", ",", all), string:find("hello", "l"), string:find("hello", "z"), string:replace("a-b-c", "-", "+", all), string:lexemes("a b  c", " "), string:prefix("hello", "he"), string:tokens("a b", " "), string:str("hello", "lo"), string:nth_lexeme("a b c", 2, " "),
     string:split(<<"a=b">>, <<"=">>), string:take("aab", "a"), string:next_grapheme("ab")}.

string_unicode_test() ->
    {string:length("e\x{301}a"), string:uppercase("straße"), string:to_graphemes([101, 769, 97]), string:reverse([101, 769, 97]), string:equal("é", [101, 769], false, nfc), string:length("👍🏽"), unicode:characters_to_nfd_list("é")}.

string_numbers_test() ->
    {string:to_integer("12ab"), string:to_integer("x"), string:to_float("1.5e3x"), string:to_float("-1.5"), string:to_float("1"), string:to_float("1.0e+2 "), string:to_integer("-7"), string:to_integer(<<"42!">>)}.

unicode_test() ->
    {unicode:characters_to_binary("é"), unicode:characters_to_list(<<"é"/utf8>>), unicode:characters_to_binary([<<"a">>, "é", [8364]]), unicode:characters_to_list(<<255>>), unicode:characters_to_binary("é", unicode, latin1), unicode:bom_to_encoding(<<239, 187, 191>>), unicode:characters_to_binary([16#110000])}.

format_test() ->
    [f(Format, Arguments) || {Format, Arguments} <- [{"~p", [{a, "b", <<"c">>, 1.5}]}, {"~w", ["ab"]}, {"~s|~10s|~-10s|", ["a", "b", "c"]}, {"~ts", ["é"]}, {"~5b ~.16b ~.2B", [7, 255, 5]}, {"~c~3c", [$a, $b]}, {"~5.1f", [3.14159]}, {"~e", [1.0]}, {"~g", [0.1]},
        {"~~ ~n", []}, {"~i~p", [skip, 1]}, {"~*s", [5, "a"]}, {"~P", [[1, 2, 3, 4, 5, 6], 4]}, {"~W", [{a, b, c, d}, 3]}, {"~tp", ["é"]}, {"~0p", [[{a, 1}, {b, 2}]]}, {"~x", []}, {"~10..0b", [42]}, {"~+p", ["x"]}, {"~#", []}], is_right(Format)].

is_right(Format) -> not lists:member(Format, ["~x", "~+p", "~#"]).

format_pretty_test() ->
    [f("~kp", [T]) || T <- [lists:seq(1, 60), maps:from_list([{N, lists:duplicate(8, $a + N)} || N <- lists:seq(1, 9)]), {tuple, [nested, {deep, [list, "string", <<"binary data here">>]}, #{map => with, several => "keys", and_more => 1.0e10}]}, "a longer string that does not fit into one line of eighty characters, so it is broken up",
        [[1, 2, 3], "abc", [$a | b]], <<0, 1, 2, 255>>, <<"printable">>, 'quoted atom', "tab\t", {}, [], #{}, fun lists:map/2, {record_like, 1, 2}]].

format_errors_test() ->
    [t(fun() -> f("~p", []) end), t(fun() -> f("~s", [1]) end), t(fun() -> f("~b", [a]) end)].

print_test() ->
    {lists:flatten(io_lib:print([{a, 1}], 1, 20, -1)), io_lib:write({a, [b]}), io_lib:write_atom('a b'), io_lib:write_string("a\n\"b"), io_lib:write_char($\n), io_lib:printable_list("ab"), io_lib:printable_unicode_list("é"), io_lib:deep_char_list(["a", $b]), io_lib:nl(), io_lib:quote_atom('A', [])}.

fread_test() ->
    {io_lib:fread("~d ~s", "12 abc"), io_lib:fread("~f", "1.5 rest"), io_lib:fread("~d", "x"), io_lib:fread("~a-~c", "ab-x")}.

characters_test() ->
    {[$a, $\n, $\x{e9}], "\x{20ac}", <<"\x{20ac}"/utf8>>, length("日本"), [C || C <- "abc", C > $a]}.

atoms_test() ->
    {list_to_atom("a b"), binary_to_atom(<<"é"/utf8>>), atom_to_list('é'), t(fun() -> list_to_existing_atom("surely_not_there_" ++ integer_to_list(12345)) end), atom_to_binary(abc), t(fun() -> list_to_atom(hd([x | tl("a")])) end)}.

filename_test() ->
    {filename:join("a", "b"), filename:join(["/", "x", "y.erl"]), filename:basename("/a/b.erl", ".erl"), filename:dirname("/a/b"), filename:extension("a.tar.gz"), filename:rootname("a.erl"), filename:split("/a/b"), filename:absname("/x")}.

uri_test() ->
    {uri_string:parse("http://user@host:80/path?q=1#f"), uri_string:quote("a b"), uri_string:unquote("a%20b"), uri_string:compose_query([{"a", "1"}, {"b", "x y"}]), uri_string:dissect_query("a=1&b=2"), uri_string:normalize("http://h/a/../b")}.

lists_of_text_test() ->
    {lists:concat([a, 1, "x", 1.5]), iolist_to_binary([1, [2, <<"a">>], "b"]), iolist_size(["ab", <<"c">>]), t(fun() -> iolist_to_binary([256]) end), integer_to_binary(42), float_to_binary(1.5), list_to_tuple([1, 2]), tuple_to_list({a})}.

%% Every byte alone, behind plain ones, and in front of them: as text to encode, and between quotes to decode.
json_bytes_test() ->
    Texts = [<<Before/binary, Byte, After/binary>>
             || {Before, After} <- [{<<>>, <<>>}, {<<"plain text">>, <<"and more">>}], Byte <- lists:seq(0, 255)],
    Coded = fun(Code) -> [t(fun() -> Code(Text) end) || Text <- Texts] end,
    {Coded(fun(Text) -> iolist_to_binary(json:encode(Text)) end),
     Coded(fun(Text) -> json:decode(<<"[\"", Text/binary, "\", 1]">>) end)}.

%% Long texts go another way.
json_long_test() ->
    Long = fun(Middle) -> <<(binary:copy(<<"long">>, 100))/binary, Middle/binary, (binary:copy(<<"text">>, 100))/binary>> end,
    [t(fun() -> iolist_to_binary(json:encode(Long(Middle))) end)
     || Middle <- [<<>>, <<"\\\"\\\\n\"">>, <<"\x{e9}\x{20ac}\x{1f600}"/utf8>>, list_to_binary(lists:seq(0, 127)), <<255>>, <<16#ED, 16#A0, 16#80>>,
                   <<16#C3>>, <<16#C0, 16#80>>, <<16#F4, 16#90, 16#80, 16#80>>, <<16#E2, 16#82>>]].

json_text_test() ->
    Long = unicode:characters_to_binary(lists:duplicate(40, "plain \"quoted\" \\ back\nline \x{e9}\x{20ac}\x{1f600} \x{7f}")),
    Coded = iolist_to_binary(json:encode(#{Long => [Long, <<>>, 1]})),
    Cut = fun(Size) -> t(fun() -> json:decode(binary:part(Coded, 0, Size)) end) end,
    {Coded, json:decode(Coded) =:= #{Long => [Long, <<>>, 1]},
     [Cut(Size) || Size <- lists:seq(0, 60)],
     json:decode(<<"\"a\\u00e9\\ud83d\\ude00b\\n\\/c\"">>),
     [t(fun() -> json:decode(Text) end)
      || Text <- [<<"\"\\x\"">>, <<"\"\\ud83d\"">>, <<"\"abc", 16#ED, 16#A0, 16#80, "\"">>, <<"\"abc", 16#F4, 16#90, 16#80, 16#80, "\"">>,
                  <<"\"abc", 16#C3, "\"">>, <<"\"", 16#C0, 16#80, "\"">>]]}.
