%% What a `receive` finds, and when: among many messages, within no time, for references of several kinds. What others
%% see of a process.
-module(otp_mailbox_tests).
-compile(export_all).
-compile(nowarn_export_all).

tests() ->
    [no_time_test, crowded_test, taken_in_between_test, nested_test, flush_test, late_test, not_there_test, heap_size_test, others_dictionary_test].

t(Work) ->
    try Work() catch Class:Reason -> {Class, Reason} end.

%% The time is in a variable: the compiler does not see that it is none.
no_time_test() ->
    Times = [0, 1, 0],
    Self = self(),
    A = receive _ -> early after hd(Times) -> none end,
    Self ! x,
    B = receive y -> y after hd(Times) -> none end,
    C = receive x -> x after hd(Times) -> none end,
    D = receive after hd(Times) -> over end,
    E = [receive after Time -> Time end || Time <- Times],
    {A, B, C, D, E, t(fun() -> receive after list_to_integer("-1") -> over end end),
     t(fun() -> receive x -> x after list_to_atom("soon") -> over end end)}.

%% Answers come while thousands of other messages wait, which stay as they are.
crowded_test() ->
    Server = spawn(fun answering/0),
    [self() ! {waiting, N} || N <- lists:seq(1, 3000)],
    Answers = [asked(Server, N) || N <- lists:seq(1, 200)],
    Calls = [gen_server_like(Server, N) || N <- lists:seq(1, 200)],
    Server ! stop,
    Waiting = [receive {waiting, N} -> N end || _ <- lists:seq(1, 3000)],
    {Answers =:= lists:seq(2, 201), Calls =:= lists:seq(2, 201), Waiting =:= lists:seq(1, 3000), receive X -> X after 0 -> none end}.

answering() ->
    receive
        {From, Ref, N} -> From ! {Ref, N + 1}, answering();
        stop -> ok
    end.

asked(Server, N) ->
    Ref = make_ref(),
    Server ! {self(), Ref, N},
    receive {Ref, Answer} -> Answer after 5000 -> lost end.

gen_server_like(Server, N) ->
    Ref = monitor(process, Server, [{alias, demonitor}]),
    Server ! {self(), Ref, N},
    receive
        {Ref, Answer} -> demonitor(Ref, [flush]), Answer;
        {'DOWN', Ref, _, _, Why} -> Why
    end.

%% Between the making of a reference and the answer to it, messages from before it are taken: all, or the last one.
taken_in_between_test() ->
    [in_between(Before, Taken) || {Before, Taken} <- [{[], []}, {[a], [a]}, {[a, b], [b]}, {[a, b], [a, b]}, {[a, b, c], [b]}, {[a, b, c], [c, b, a]}]].

in_between(Before, Taken) ->
    [self() ! M || M <- Before],
    Ref = make_ref(),
    [receive M -> M end || M <- Taken],
    self() ! after_it,
    self() ! {Ref, answer},
    A = receive {Ref, X} -> X after 0 -> lost end,
    {A, rest()}.

rest() -> receive M -> [M | rest()] after 0 -> [] end.

%% A reference is waited for while another one is.
nested_test() ->
    Server = spawn(fun answering/0),
    self() ! first,
    Outer = make_ref(),
    Inner = asked(Server, 1),
    Server ! {self(), Outer, 10},
    A = receive {Outer, X} -> X after 5000 -> lost end,
    Server ! stop,
    {Inner, A, rest()}.

%% A monitor that ends takes its message with it, and no other's.
flush_test() ->
    self() ! first,
    {P, M} = spawn_monitor(fun() -> ok end),
    N = monitor(process, P),
    receive {'DOWN', N, _, _, _} -> ok end,
    K = monitor(process, P),
    A = demonitor(M, [flush]),
    B = receive {'DOWN', K, _, _, Why} -> Why after 5000 -> lost end,
    {A, B, demonitor(K, [flush, info]), rest()}.

%% The answer comes while the process waits for it, behind others.
late_test() ->
    Self = self(),
    self() ! first,
    Ref = make_ref(),
    spawn(fun() -> [Self ! N || N <- [1, 2]], receive after 30 -> ok end, Self ! 3, Self ! {Ref, answer}, Self ! 4, Self ! done end),
    A = receive {Ref, X} -> X after 5000 -> lost end,
    receive done -> ok after 5000 -> lost end,
    {A, rest()}.

%% A function that is not there is named, whoever called it.
not_there_test() ->
    Named = fun({undef, [{Module, Name, Arguments, []} | _]}) -> {Module, Name, Arguments}; (Other) -> Other end,
    Caught = fun(Work) -> try Work() catch error:Why:Stack -> Named({Why, Stack}) end end,
    {Module, Name} = {lists, list_to_atom("nothing")},
    Crashed = element(2, proc_lib:start(lists, nothing, [1, 2])),
    [Named(Crashed), Caught(fun() -> apply(nobody, Name, [[1, 2]]) end), Caught(fun() -> apply(Module, Name, lists:nthtail(1, [0, x])) end),
     Caught(fun() -> Module:Name() end), Caught(fun() -> Module:Name(1, {a}) end), Caught(fun() -> apply(Module, Name, [1]) end),
     Caught(fun() -> timer:tc(Module, Name, [1]) end), t(fun() -> apply(1, Name, []) end), t(fun() -> apply(Module, Name, list_to_atom("none")) end),
     t(fun() -> apply(Module, list_to_atom("reverse"), [[1, 2]]) end), t(fun() -> apply(erlang, list_to_atom("self"), []) =:= self() end)].

%% As large as was asked for, and of a size that heaps have.
heap_size_test() ->
    Size = fun(Words) ->
        Self = self(),
        P = spawn_opt(fun() -> Self ! {up, lists:seq(1, 100)}, receive stop -> ok end end, [{min_heap_size, Words}]),
        receive {up, _} -> ok end,
        {heap_size, Found} = process_info(P, heap_size),
        P ! stop,
        Found
    end,
    [Size(Words) || Words <- [233, 234, 1000, 10000, 10958, 10959, 196650]].

others_dictionary_test() ->
    Self = self(),
    P = proc_lib:spawn(fun() -> put(a, {1, "x"}), put({k}, <<"b">>), proc_lib:set_label(named), Self ! up, receive stop -> ok end end),
    receive up -> ok end,
    {dictionary, All} = process_info(P, dictionary),
    Answers = [[lists:keyfind(Key, 1, All) || Key <- [a, {k}, none, '$process_label']], process_info(P, {dictionary, a}), process_info(P, {dictionary, none}),
               process_info(P, [{dictionary, {k}}, label]), proc_lib:get_label(P), element(1, proc_lib:initial_call(P)), proc_lib:translate_initial_call(P) =:= proc_lib:initial_call(P),
               lists:keymember('$ancestors', 1, All), element(2, lists:keyfind(dictionary, 1, process_info(P))) =:= All],
    P ! stop,
    Q = spawn(fun() -> Self ! up, receive stop -> ok end end),
    receive up -> ok end,
    Empty = process_info(Q, dictionary),
    exit(Q, kill),
    {Answers, Empty, process_info(Q, dictionary)}.
