%% Hooks from source text, what they come to, and that none harms another.
-module(console_hook_tests).

-export([made_of_source_test/0, refused_sources_test/0, values_are_json_test/0, order_test/0,
         crash_harms_nobody_test/0, late_is_killed_test/0, refusal_test/0, results_are_bounded_test/0,
         restored_source_test/0, registry_test/0]).

told(Source, Payload) ->
    [Told] = told_all([Source], Payload),
    Told.

told_all(Sources, Payload) ->
    Hooks = [console_hook:encoded(console_hook:from_source(Source)) || Source <- Sources],
    console_hook:told(console_hook:run(Hooks, Payload, 20000)).

json(#{ok := {json, Json}}) -> json:decode(Json).

class(#{error := #{class := Class, message := Message}}) when is_binary(Message) -> Class.

made_of_source_test() ->
    3 = json(told(<<"fun(X) -> X + 1 end.">>, 2)),
    7 = json(told(<<"Y = 5, fun(X) -> X + Y end">>, 2)),
    [3, 2, 1] = json(told(<<"fun lists:reverse/1">>, [1, 2, 3])).

refused_sources_test() ->
    Refused = fun(Source) ->
        try console_hook:from_source(Source) of
            Fun -> erlang:error({made, Fun})
        catch
            Class:Reason:Stack ->
                [Told] = console_hook:told([{raised, Class, Reason, Stack}]),
                class(Told)
        end
    end,
    not_a_fun = Refused(<<"1 + 1.">>),
    not_a_fun = Refused(<<"fun() -> ok end.">>),
    not_a_fun = Refused(<<"fun(_, _) -> ok end.">>),
    syntax = Refused(<<"fun(X) ->">>),
    syntax = Refused(<<>>),
    error = Refused(<<"1 / 0.">>).

values_are_json_test() ->
    #{<<"name">> := <<"Joe">>, <<"tags">> := [<<"a">>, null]} =
        json(told(<<"fun(#{<<\"name\">> := N}) -> #{name => N, tags => [a, null]} end">>,
                  #{<<"name">> => <<"Joe">>})),
    error = class(told(<<"fun(_) -> {a, tuple} end">>, null)),
    error = class(told(<<"fun(_) -> self() end">>, null)).

order_test() ->
    [1, 2, 3] = [json(Told) || Told <- told_all(
        [<<"fun(_) -> receive after 60 -> 1 end end">>,
         <<"fun(_) -> receive after 30 -> 2 end end">>,
         <<"fun(_) -> 3 end">>], null)].

crash_harms_nobody_test() ->
    [A, B, C, D, E] = told_all(
        [<<"fun(_) -> 1 / 0 end">>, <<"fun(_) -> throw(ball) end">>, <<"fun(_) -> exit(gone) end">>,
         <<"fun(_) -> exit(self(), kill), receive after infinity -> ok end end">>, <<"fun(X) -> X end">>], 5),
    [error, throw, exit, exit] = [class(Told) || Told <- [A, B, C, D]],
    #{error := #{message := <<"** exception throw: ball", _/binary>>}} = B,
    5 = json(E).

late_is_killed_test() ->
    Self = self(),
    Slow = fun(_) -> Self ! {slow, self()}, receive after infinity -> ok end end,
    [Late, Soon] = console_hook:told(console_hook:run([Slow, fun(_) -> soon end], null, 50)),
    timeout = class(Late),
    #{ok := soon} = Soon,
    receive
        {slow, Pid} ->
            Monitor = erlang:monitor(process, Pid),
            receive {'DOWN', Monitor, process, Pid, _} -> ok end
    end.

refusal_test() ->
    #{error := #{class := refused, message := <<"not today">>}} =
        told(<<"fun(_) -> {refuse, \"not today\"} end">>, null),
    #{error := #{class := refused, message := <<"{too,late}">>}} =
        told(<<"fun(_) -> {refuse, {too, late}} end">>, null).

%% Together they may not return more than the border lets through.
results_are_bounded_test() ->
    Big = <<"fun(_) -> binary:copy(<<\"x\">>, 600000) end">>,
    [First, Second, Third] = told_all([Big, Big, <<"fun(_) -> 1 end">>], null),
    600000 = byte_size(json(First)),
    too_large = class(Second),
    1 = json(Third).

restored_source_test() ->
    [#{ok := 4}, Wrong] = console_hook:told(console_hook:run(
        [{source, <<"fun(X) -> X * 2 end">>}, {source, <<"oops(">>}], 2, 1000)),
    syntax = class(Wrong).

%% Through the process that keeps them, as Erlang code uses it.
registry_test() ->
    Server = case whereis(console_hooks) of
        undefined ->
            Pid = spawn(fun() -> console_hooks:init() end),
            register(console_hooks, Pid),
            Pid;
        Pid ->
            Pid
    end,
    {ok, Double} = page:register_hook(changed, fun(X) -> X * 2 end),
    {ok, Broken} = page:register_hook("changed", fun(_) -> throw(no) end),
    true = lists:member({Double, <<"changed">>}, page:hooks()),
    [{Double, {ok, 8}}, {Broken, {error, throw, _}}] = page:emit(<<"changed">>, 4),
    ok = page:unregister_hook(Broken),
    {error, unknown_hook} = page:unregister_hook(Broken),
    [{Double, {ok, 2}}] = page:emit(changed, 1),
    [] = page:emit(nothing_of_that_name, 1),
    {error, badarg} = page:register_hook(changed, fun() -> none end),
    {error, badarg} = page:register_hook(lists:duplicate(300, $x), fun(X) -> X end),
    ok = page:handle_intent(greet, fun(X) -> X end),
    true = lists:member(<<"greet">>, page:intents()),
    ok = page:unhandle_intent(greet),
    false = lists:member(<<"greet">>, page:intents()),
    %% What it keeps outlives it.
    Monitor = erlang:monitor(process, Server),
    exit(Server, kill),
    receive {'DOWN', Monitor, process, Server, _} -> ok end,
    restart(whereis(console_hooks)),
    true = lists:member({Double, <<"changed">>}, page:hooks()),
    ok = page:unregister_hook(Double).

%% The console starts it again; a host has nobody to do so.
restart(undefined) ->
    receive after 300 -> ok end,
    case whereis(console_hooks) of
        undefined -> register(console_hooks, spawn(fun() -> console_hooks:init() end));
        _ -> true
    end;
restart(_Pid) ->
    true.
