%% What programs ask of the system: time, random numbers, digests, code, environment, evaluation and compiling.
-module(otp_system_tests).
-compile(export_all).
-compile(nowarn_export_all).

tests() ->
    [md5_test, checksums_test, hash_test, external_test, old_external_test, time_test, calendar_test, rand_test, base64_test, json_test, environment_test, code_test, eval_test, eval_receive_test, eval_errors_test,
     parse_test, lint_test, pretty_test, compile_test, compile_errors_test, compile_language_test, missing_functions_test, system_test, functions_test, stack_test, match_spec_test, os_test].

t(Work) ->
    try Work() catch Class:Reason -> {Class, Reason} end.

md5_test() ->
    C = erlang:md5_update(erlang:md5_update(erlang:md5_init(), "ab"), <<"c">>),
    {erlang:md5("abc"), erlang:md5_final(C) =:= erlang:md5("abc"), crypto_hash()}.

crypto_hash() -> erlang:md5(<<>>).

checksums_test() ->
    {erlang:crc32("abc"), erlang:adler32("abc"), erlang:adler32(erlang:adler32("ab"), "c"), is_integer(erlang:phash2(x)), erlang:phash2(x) =:= erlang:phash2(x), erlang:phash2({a, 1}, 10) < 10}.

%% The same numbers on every node.
hash_test() ->
    Terms = [a, '', 'é', 'aé', 'Āb', a_very_long_atom_of_many_characters, 0, 1, -1, 255, 1 bsl 27 - 1, 1 bsl 27, -(1 bsl 27), -(1 bsl 27) - 1, 1 bsl 31, 1 bsl 32, 1 bsl 63, 1 bsl 64, -(1 bsl 70), 1 bsl 130, 1 bsl 255,
             1.5, 0.0, -0.0, -1.5e300, [], "abc", "abcd", "abcde", [a | b], [1, 2, 3 | x], [1, 256, 1], "ab" ++ [c] ++ "de", {}, {a, 1}, {{}, [[]]}, <<>>, <<1>>, <<"hello world">>, <<"hello world!">>, <<"hello world, again">>,
             #{}, #{a => 1, b => [2]}, maps:from_list([{N, {N}} || N <- lists:seq(1, 50)]), fun lists:map/2, {a, "text", <<"bin">>, #{k => [1.0, -7]}}],
    {[erlang:phash2(Term) || Term <- Terms], [erlang:phash2(Term, 1 bsl 32) || Term <- Terms], [erlang:phash2(Term, 10) || Term <- Terms],
     [t(fun() -> erlang:phash2(a, Range) end) || Range <- [1, 0, -1, 1 bsl 32 + 1, x]]}.

external_test() ->
    T = {a, [1, 2.5, "x"], #{k => <<"v">>}, -70000, 1 bsl 70, true, []},
    {binary_to_term(term_to_binary(T)) =:= T, binary_to_term(term_to_binary(T, [compressed])) =:= T, term_to_binary(abc), t(fun() -> binary_to_term(<<1, 2>>) end), binary_to_term(<<131, 97, 5>>, [safe]), erlang:external_size(abc) > 0}.

%% Tags that nodes before OTP 23 sent, and what is wrong with some.
old_external_test() ->
    Atom = <<119, 4, "gu@k">>,
    Pid = <<103, Atom/binary, 7645:32, 8123:32, 1>>,
    Port = <<102, Atom/binary, 187489773:32, 3>>,
    NewerPort = <<89, Atom/binary, 187489773:32, 70000:32>>,
    Reference = <<114, 3:16, Atom/binary, 1, 262143:32, 1293964255:32, 3291964278:32>>,
    OldReference = <<101, Atom/binary, 77:32, 2>>,
    Float = <<99, "1.50000000000000000000e+00", 0:40>>,
    Latin = <<115, 2, $a, 233>>,
    All = [Pid, Port, NewerPort, Reference, OldReference, Float, Latin],
    Read = [t(fun() -> binary_to_term(<<131, Term/binary>>) end) || Term <- All],
    Deep = <<131, 104, 3, 108, 2:32, Pid/binary, 97, 1, 106, 116, 1:32, Reference/binary, Float/binary, 109, 3:32, 103, 103, 103>>,
    Wrong = [<<103, Atom/binary, 1:32, 1:32, 4>>, <<103, Atom/binary, 1:32, 1:32>>, <<103, 97, 1, 1:32, 1:32, 1>>, <<103, 119, 200, 1>>,
             <<101, Atom/binary, 16#40000:32, 1>>, <<114, 6:16, Atom/binary, 1, 0:192>>, <<114, 16#ffff:16, Atom/binary, 1, 0:32>>,
             <<99, "1.5zz", 0:208>>, <<99, "1.0e309", 0:192>>, <<99, "1.5">>, <<115, 9, $a>>,
             <<108, 16#ffffffff:32, Pid/binary>>, <<104, 2, Pid/binary>>, <<104, 2, Pid/binary, 200>>, <<116, 16#ffffffff:32, Latin/binary>>],
    {[term_to_binary(Term) || Term <- Read], [is_pid(hd(Read)), is_port(lists:nth(2, Read)), is_reference(lists:nth(4, Read))], node(hd(Read)), binary_to_term(Deep) =:= {[hd(Read), 1], #{lists:nth(4, Read) => 1.5}, <<"ggg">>},
     binary_to_term(<<131, Latin/binary, 1, 2, 3>>, [used]), t(fun() -> binary_to_term(no_binary) end),
     [t(fun() -> binary_to_term(<<131, Term/binary>>) end) || Term <- Wrong],
     [t(fun() -> binary_to_term(binary_part(Deep, 0, Size)) end) || Size <- lists:seq(3, byte_size(Deep) - 1)] =:= lists:duplicate(byte_size(Deep) - 3, {error, badarg})}.

time_test() ->
    A = erlang:monotonic_time(), B = erlang:monotonic_time(),
    {B >= A, abs(erlang:monotonic_time(1) - erlang:monotonic_time(second)) < 2, erlang:system_time(1000) div 1000 >= 1700000000, t(fun() -> erlang:monotonic_time(fortnight) end), erlang:convert_time_unit(1500, millisecond, second), erlang:convert_time_unit(2, second, microsecond), erlang:system_time(second) > 1700000000, is_integer(os:system_time(millisecond)), tuple_size(os:timestamp()),
     abs(erlang:system_time(millisecond) - (erlang:monotonic_time(millisecond) + erlang:time_offset(millisecond))) < 1000, tuple_size(date()), tuple_size(time())}.

calendar_test() ->
    {calendar:day_of_the_week(2026, 11, 23), calendar:date_to_gregorian_days({2000, 1, 1}), calendar:gregorian_seconds_to_datetime(63900000000), calendar:is_leap_year(2024), calendar:last_day_of_the_month(2023, 2),
     calendar:iso_week_number({2026, 1, 1}), calendar:system_time_to_rfc3339(0, [{offset, "Z"}]), calendar:rfc3339_to_system_time("2020-01-02T03:04:05Z"), calendar:seconds_to_time(3661), calendar:valid_date({2023, 2, 30}),
     erlang:universaltime_to_posixtime({{1970, 1, 2}, {0, 0, 0}}), erlang:posixtime_to_universaltime(86400), calendar:universal_time() =< calendar:universal_time()}.

rand_test() ->
    S = rand:seed_s(exsss, {1, 2, 3}),
    {X, S2} = rand:uniform_s(1000, S), {F, _} = rand:uniform_s(S2),
    N = rand:uniform(10),
    {X, F, N >= 1 andalso N =< 10, element(1, rand:uniform_s(100, rand:seed_s(exro928ss, 42)))}.

base64_test() ->
    {base64:encode(<<"hello">>), base64:decode("aGVsbG8="), base64:encode_to_string("ab"), base64:encode(<<255, 254>>, #{mode => urlsafe})}.

json_test() ->
    {json:decode(<<"{\"a\":[1,2.5,null,true,\"\\u00e9\"]}">>), iolist_to_binary(json:encode([1, 2.5, null, <<"a\"b">>, [[]]])), iolist_to_binary(json:encode(#{<<"k">> => #{a => 1}})), t(fun() -> json:decode(<<"{">>) end), t(fun() -> json:decode(<<"[1,]">>) end)}.

environment_test() ->
    {application:get_env(no_app, key), application:set_env(no_app, key, 1), application:get_env(no_app, key), application:get_env(no_app, other, default), application:get_all_env(no_app), application:unset_env(no_app, key), application:get_env(no_app, key)}.

code_test() ->
    {code:ensure_loaded(lists), element(1, code:ensure_loaded(no_such_module)), erlang:function_exported(lists, map, 2), erlang:function_exported(lists, nothing, 2), erlang:module_loaded(lists), erlang:module_loaded(no_such_module), code:ensure_modules_loaded([lists, maps])}.

eval(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    {value, Value, _} = erl_eval:exprs(Expressions, erl_eval:new_bindings()),
    Value.

eval_test() ->
    [eval(Text) || Text <- ["1 + 2 * 3.", "X = [1,2,3], [Y * 2 || Y <- X, Y > 1].", "F = fun F(0) -> 1; F(N) -> N * F(N - 1) end, F(10).", "case {a, 1} of {a, N} when N > 0 -> N; _ -> no end.", "M = #{a => 1}, M#{b => 2}.",
        "#{a := X} = #{a => 7}, X.", "try throw(x) catch throw:Y -> {caught, Y} end.", "if 1 > 2 -> a; true -> b end.", "<<A:8, R/binary>> = <<1, 2, 3>>, {A, R}.", "begin X = 1, X + 1 end.", "maybe {ok, A} ?= {ok, 1}, A end.",
        "(fun(X, Y) -> X + Y end)(1, 2).", "lists:map(fun(X) -> X * X end, [1, 2]).", "catch 1 / 0, ok.", "\"a\" ++ \"b\".", "[X || {X, 1} <- [{a, 1}, {b, 2}]].", "#{K => V || {K, V} <- [{a, 1}]}.", "$a + 1.", "<< <<X>> || X <- [1, 2] >>."]].

eval_receive_test() ->
    self() ! {b, 1}, self() ! {a, 2},
    {eval("receive {a, X} -> X end."), eval("receive Y -> Y after 0 -> none end."), eval("receive Z -> Z after 5 -> none end.")}.

eval_errors_test() ->
    [t(fun() -> eval(Text) end) || Text <- ["1 / 0.", "X + 1.", "{a, 1} = {b, 1}.", "case 1 of 2 -> a end.", "if false -> a end.", "exit(x).", "throw(y).", "error(z).", "lists:nth(1, []).", "#{a := 1} = #{}.", "(fun(1) -> a end)(2)."], eval_is_plain(Text)].

%% Those whose reason holds a fun or the evaluator's own bindings differ by nature.
eval_is_plain("(fun" ++ _) -> false;
eval_is_plain(_) -> true.

parse_test() ->
    {erl_scan:string("foo(X, 'B', \"s\", 1.5, $a) -> % c\n ok."), erl_parse:parse_term(element(2, erl_scan:string("{a, [1, \"b\"]}."))), erl_scan:string("'unfinished"), element(1, erl_parse:parse_exprs(element(2, erl_scan:string("1 + .")))), erl_scan:string("16#ff 2#101 1_000 1.0e3.")}.

forms(Text) -> forms(Text, 1).
forms(Text, Line) ->
    case erl_scan:tokens([], Text, Line) of
        {done, {ok, Tokens, Next}, Rest} -> {ok, Form} = erl_parse:parse_form(Tokens), [Form | forms(Rest, Next)];
        _ -> []
    end.

lint_test() ->
    erl_lint:module(forms("-module(m).\n-export([f/0]).\nf() -> X = 1, g(Y).\nh() -> ok.\n"), "m.erl").

pretty_test() ->
    [lists:flatten(erl_pp:form(Form)) || Form <- forms("-module(m).\nf(X) when X > 1 -> case X of 2 -> a; _ -> [Y || Y <- [1,2]] end;\nf(_) -> #{a => <<1:8>>}.\n")].

compile_test() ->
    {ok, otp_made, Beam} = compile:forms(forms("-module(otp_made).\n-export([f/1, g/0]).\nf(X) -> [Y * X || Y <- lists:seq(1, 5)].\ng() -> try throw(a) catch A -> {caught, A} end.\n"), [binary]),
    {module, otp_made} = code:load_binary(otp_made, "otp_made.erl", Beam),
    {otp_made:f(3), otp_made:g(), is_binary(Beam)}.

compile_errors_test() ->
    {compile:forms(forms("-module(m).\n-export([f/0]).\nf() -> X.\n"), [return]), 
     %% The bytes tell the options, and those here are others.
     setelement(3, compile:forms(forms("-module(m).\nf() -> 1.\n"), [return]), bytes)}.

compile_language_test() ->
    {ok, otp_lang, Beam} = compile:forms(forms("-module(otp_lang).\n-export([r/1, b/1, m/1, c/0, k/1, t/1]).\nt(X) -> catch hd([X]).\n-record(p, {x, y = 2}).\nr(X) -> P = #p{x = X}, {P#p.y, P}.\nb(<<A:16, B/binary>>) -> {A, B}.\n"
        "m(#{k := V} = M) when map_size(M) > 0 -> M#{k := V + 1, n => 0}.\nc() -> F = fun(0, A, _) -> A; (N, A, G) -> G(N - 1, A * N, G) end, F(20, 1, F).\nk(L) -> lists:foldl(fun({K, V}, A) -> maps:put(K, V, A) end, #{}, L).\n"), [binary]),
    {module, _} = code:load_binary(otp_lang, "otp_lang.erl", Beam),
    {otp_lang:r(1), otp_lang:b(<<1, 2, 3>>), otp_lang:m(#{k => 1}), otp_lang:c(), otp_lang:k([{a, 1}]), [otp_lang:t(X) || X <- lists:seq(10, 20)]}.

%% An error of a compiled module names the function that is not there; arguments are worked out first, and once.
missing_functions_test() ->
    Source = "-module(otp_missing_made).\n-export([calls/1, tail/0, inner/1, loop/2, kept/2]).\n"
        "calls(1) -> X = otp_no_such:f(1, [a | b]), {x, X};\ncalls(2) -> {lists:no_such(hd([q])), never};\ncalls({M, F}) -> {ok, M:F(1)};\n"
        "calls(3) -> otp_no_such:f(otp_no_such:g(self() ! counted));\ncalls(4) -> [X || X <- [1, 2], otp_no_such:is(X)];\ncalls(5) -> ?MODULE:private(1);\n"
        "calls(6) -> catch otp_no_such:caught();\ncalls(7) -> F = fun otp_no_such:named/1, F(1);\ncalls(8) -> otp_no_such:f(self() ! counted, self() ! counted);\n"
        "calls(9) -> (fun(X) -> otp_no_such:h(X) end)(self() ! counted).\n"
        "tail() -> otp_no_such:f().\ninner(X) -> lists:reverse([X, lists:sum([X, X])]).\nprivate(X) -> X.\n"
        "loop(0, Sum) -> Sum;\nloop(N, Sum) -> ?MODULE:loop(N - 1, Sum + length(lists:seq(1, N rem 3))).\nkept(M, L) -> M:reverse(L, [M:last(L)]).\n",
    ok = file:write_file("/tmp/otp_missing_made.erl", Source),
    {ok, otp_missing_made, Beam} = compile:file("/tmp/otp_missing_made.erl", [binary, nowarn_unused_function]),
    {module, _} = code:load_binary(otp_missing_made, "otp_missing_made.erl", Beam),
    First = fun(Work) ->
        try Work()
        catch Class:Reason:Stack -> {Class, Reason, setelement(4, hd(Stack), [])}
        end
    end,
    Caller = try otp_missing_made:calls(1) catch error:undef:Trace -> setelement(4, lists:nth(2, Trace), []) end,
    Counted = fun Count(N) -> receive counted -> Count(N + 1) after 0 -> N end end,
    [[First(fun() -> otp_missing_made:calls(N) end) || N <- [1, 2, 3, 4, 5, 8, 9, {lists, sum}, {lists, no_such}, {otp_no_such, f}]],
     First(fun() -> otp_missing_made:tail() end), element(1, element(2, otp_missing_made:calls(6))), hd(element(2, element(2, otp_missing_made:calls(6)))),
     Caller, Counted(0), otp_missing_made:inner(3), otp_missing_made:loop(2000, 0), otp_missing_made:kept(lists, [1, 2, 3])].

system_test() ->
    {is_list(erlang:system_info(otp_release)), is_integer(erlang:system_info(process_count)), is_integer(erlang:system_info(schedulers)), t(fun() -> erlang:system_info(nonsense) end), node(), nodes(), is_alive(), tuple_size(erlang:statistics(runtime)), erlang:system_info(wordsize) > 0}.

functions_test() ->
    F = fun(X) -> X end, G = fun lists:map/2,
    {erlang:fun_info(F, arity), erlang:fun_info(G, module), erlang:fun_info(G, name), erlang:fun_info(G, type), is_function(F, 1), is_function(F, 2), fun lists:map/2 =:= G, erlang:is_builtin(erlang, self, 0)}.

%% The last function of a trace; AtomVM leaves out the arguments and where a native failed.
stack_test() ->
    [element(2, t(fun() -> deep(3) end)), try deep(2) catch _:_:Stack -> {element(1, hd(Stack)), element(2, hd(Stack))} end].

deep(0) -> error(bottom);
deep(N) -> 1 + deep(N - 1).

match_spec_test() ->
    erlang:match_spec_test({a, 1}, [{{'$1', '$2'}, [{'is_atom', '$1'}], [{{'$2', '$1'}}]}], table).

os_test() ->
    {tuple_size(os:type()), os:getenv("NOT_SET_ANYWHERE"), os:getenv("NOT_SET_ANYWHERE", "default"), is_list(os:getpid())}.
