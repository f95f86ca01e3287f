%% Regular expressions: what `re` finds, captures, splits, replaces and refuses.
-module(otp_re_tests).
-compile(export_all).
-compile(nowarn_export_all).

tests() ->
    [run_test, capture_test, names_test, global_test, options_test, unicode_test, look_test, recursion_test,
     replace_test, split_test, compile_test, errors_test, limits_test, large_test, many_test].

t(Work) ->
    try Work() catch Class:Reason -> {Class, Reason} end.

run_test() ->
    [re:run("abcd", "ab.*d"), re:run(<<"abcd">>, "x"), re:run("abcd", "b"), re:run(["a", [<<"b">>, $c]], <<"c">>),
     re:run("aaa", "a", [{offset, 1}]), re:run("", ""), re:run("ABC", "b", [caseless])].

capture_test() ->
    Date = "2026-11-23",
    Pattern = "(\\d+)-(\\d+)(-(\\d+))?(x)?",
    [re:run(Date, Pattern, [{capture, What, Type}])
     || What <- [all, first, all_but_first, none, [1, 2], [4, 5, 9], []], Type <- [index, list, binary]].

names_test() ->
    {ok, Pattern} = re:compile("(?<year>\\d+)-(?<month>\\d+)"),
    [re:inspect(Pattern, namelist), re:run("2026-11", Pattern, [{capture, all_names, binary}]),
     re:run("2026-11", Pattern, [{capture, [month, "year", <<"none">>], list}]),
     re:run("b", "(?<x>a)|(?<x>b)", [dupnames, {capture, [x], list}]),
     re:run("b", "(?<x>a)|(?<x>b)", [dupnames, {capture, all_names, index}])].

global_test() ->
    [re:run("one two three", "\\w+", [global, {capture, all, list}]), re:run("abc", "", [global]),
     re:run("abc", "x*", [global]), re:run("a\r\nb", "^", [global, multiline, {newline, anycrlf}]),
     re:run("none", "\\d", [global]), re:run("aXbX", "(.)X", [global, {capture, [1], binary}])].

options_test() ->
    [re:run("a\nb", "a.b", [dotall]), re:run("a\nb", "a.b"), re:run("a\nb", "^b", [multiline]), re:run("ab\n", "b$"),
     re:run("ab\n", "b$", [dollar_endonly]), re:run("aaa", "a+", [ungreedy]), re:run("a b", "a b # c", [extended]),
     re:run("ab", "b", [anchored]), re:run("ab", "^a", [notbol]), re:run("ab", "b$", [noteol]),
     re:run("b", "a?", [notempty]), re:run("a\rb", "a$", [multiline, {newline, cr}]), re:run("x\ny", "y", [firstline]),
     re:run("ab", "(a)(b)", [no_auto_capture]), re:run("\r\n", "\\R", [bsr_anycrlf])].

unicode_test() ->
    [re:run("äöü", "ö", [unicode]), re:run(<<"äöü"/utf8>>, <<"ö"/utf8>>, [unicode, {capture, all, list}]),
     re:run([8364, $x], "x", [unicode]), re:run(<<"ÄÖ"/utf8>>, <<"äö"/utf8>>, [unicode, caseless]),
     re:run([8364], "^\\p{Sc}$", [unicode]), re:run("é", "\\w", [unicode, ucp]), t(fun() -> re:run(<<255>>, "a", [unicode]) end),
     re:run("ä", "\\w"), re:run([1024, 1025], "(.)(.)", [unicode, {capture, all_but_first, list}])].

look_test() ->
    [re:run("price 100", "(?<=price )\\d+", [{capture, all, list}]), re:run("ab ac", "a(?!b)", []),
     re:run("foobar", "(?<!x)bar", []), re:run("abab", "(ab)\\1", []), re:run("aaab", "a++b", []),
     re:run("aaa", "a++a", []), re:run("aaab", "(?>a+)b", []), re:run("ab", "a\\Kb", []),
     re:run("ab", "(?i)A(?-i)b", []), re:run("abc", "(?|(a)|(b))", [])].

recursion_test() ->
    [re:run("(a(b)c)", "\\((?:[^()]|(?R))*\\)", [{capture, first, list}]), re:run("abcba", "^((.)(?1)\\2|.?)$", []),
     re:run("aabb", "(?(DEFINE)(?<p>a(?&p)?b))^(?&p)$", [])].

replace_test() ->
    [re:replace("abcd", "c", "[&]", [{return, list}]), re:replace("abcd", "b(.)", "\\1\\1", [{return, binary}]),
     re:replace("aaa", "a", "b", [global, {return, list}]), re:replace("abcd", "x", "y"),
     re:replace("a.b.c", "\\.", "\\\\", [global, {return, list}]), re:replace("ab", "(a)(b)", "\\g{2}\\g{1}", [{return, list}]),
     re:replace("abcd", "[bc]", fun(Whole, _) -> string:uppercase(Whole) end, [global, {return, binary}]),
     re:replace("äb", "ä", "ö", [unicode, {return, list}])].

split_test() ->
    [re:split("a,b,,c,", ",", [{return, list}]), re:split("a,b,,c,,", ",", [trim]), re:split("a1b2c", "(\\d)"),
     re:split("a1b2c", "\\d", [{parts, 2}, {return, list}]), re:split("abc", "", [{return, list}]),
     re:split("a1b", "(\\d)", [group, {return, list}]), re:split([8364, $,, $a], ",", [unicode, {return, list}])].

compile_test() ->
    {ok, Pattern} = re:compile("a(b)?c"),
    {re_pattern, Captures, Unicode, Crlf, Code} = Pattern,
    [Captures, Unicode, Crlf, is_binary(Code), re:run("ac", Pattern), re:run("abc", Pattern, [{capture, all, list}]),
     re:compile("(a"), re:compile("a**"), re:compile("[z-a]"), re:compile("(?<n>a)(?<n>b)"), re:compile("\\"), re:compile("*"),
     element(3, element(2, re:compile("a", [unicode]))), element(4, element(2, re:compile("a", [{newline, any}]))),
     element(1, re:compile(lists:duplicate(100, $() ++ lists:duplicate(100, $))))].

errors_test() ->
    [t(fun() -> re:run("a", "(") end), t(fun() -> re:run("a", "a", [nonsense]) end), t(fun() -> re:compile("a", [global]) end),
     t(fun() -> re:run(a, "a") end), t(fun() -> re:run("a", b) end), t(fun() -> re:run("a", "a", [{offset, -1}]) end),
     re:run("a", "(", [report_errors]), t(fun() -> re:split("a", "a", [global]) end), t(fun() -> re:replace("a", "(", "b") end),
     t(fun() -> re:inspect(x, namelist) end), t(fun() -> re:run("a", "a", [{capture, foo}]) end)].

%% What would take for ever ends by PCRE's limits.
limits_test() ->
    Subject = lists:duplicate(24, $a) ++ "b",
    [re:run(Subject, "(a+)+$", [{match_limit, 1000}, report_errors]),
     re:run(Subject, "(a+)+$", [{match_limit_recursion, 5}, report_errors]), re:run(Subject, "(a+)+$", [{match_limit, 1000}])].

large_test() ->
    Subject = binary:copy(<<"abcdefghij">>, 20_000),
    {match, All} = re:run(Subject, "j", [global]),
    {length(All), lists:last(All), re:run(Subject, "k"), re:run(Subject, "(?:abcdefghij)+", [{capture, first, index}])}.

%% Several processes at once, and more patterns than the engine keeps.
many_test() ->
    Parent = self(),
    Work = fun(Number) ->
        Pattern = "x" ++ integer_to_list(Number) ++ "(.)",
        Parent ! {Number, re:run("x" ++ integer_to_list(Number) ++ "yz", Pattern, [{capture, [1], list}])}
    end,
    [spawn(fun() -> Work(Number) end) || Number <- lists:seq(1, 100)],
    lists:usort([receive {Number, Result} -> Result end || Number <- lists:seq(1, 100)]).
