%% Processes, timers, and the behaviours that stand on them.
-module(otp_process_tests).
-compile(export_all).
-compile(nowarn_export_all).

tests() ->
    [spawn_test, link_test, monitor_test, register_test, send_after_test, start_timer_test, cancel_timer_test, timer_order_test, apply_test, apply_errors_test,
     gen_server_test, gen_server_crash_test, gen_server_timeout_test, gen_statem_test, gen_event_test, supervisor_test, proc_lib_test, sys_test, timer_module_test,
     process_flag_test, dictionary_test, hibernate_test, receive_test, pids_test, exit_test, call_timeout_test, alias_test, alias_of_monitor_test, tag_test, names_of_nodes_test, operator_test, killed_test, missing_callbacks_test, watched_spawn_test, asleep_test, global_test, multi_call_test,
     nodes_test, own_messages_test, own_frames_test, applied_frames_test, old_handlers_test, raised_again_test].

t(Work) ->
    try Work() catch Class:Reason -> {Class, Reason} end.

spawn_test() ->
    S = self(),
    spawn(fun() -> S ! a end), spawn(?MODULE, tell, [S, b]), spawn_link(fun() -> S ! c end), spawn_opt(fun() -> S ! d end, [{min_heap_size, 500}, {priority, low}]),
    {P, M} = spawn_monitor(?MODULE, tell, [S, e]), spawn(node(), fun() -> S ! f end), {_, M2} = spawn_opt(?MODULE, tell, [S, g], [monitor]),
    [receive X -> X end || X <- [a, b, c, d, e, f, g]] ++ [receive {'DOWN', M, process, P, R} -> R end, receive {'DOWN', M2, process, _, R2} -> R2 end].

tell(To, What) -> To ! What.

link_test() ->
    process_flag(trap_exit, true),
    P = spawn_link(fun() -> exit(bye) end),
    A = receive {'EXIT', P, R} -> R end,
    Q = spawn_link(fun() -> receive stop -> ok end end),
    exit(Q, killed_by_test),
    B = receive {'EXIT', Q, R2} -> R2 end,
    W = spawn(fun() -> receive stop -> ok end end),
    unlink(W), exit(W, kill),
    {A, B}.

monitor_test() ->
    P = spawn(fun() -> receive stop -> ok end end),
    M = monitor(process, P), demonitor(M), M2 = monitor(process, P), P ! stop,
    A = receive {'DOWN', M2, process, P, R} -> R end,
    M3 = monitor(process, P),
    B = receive {'DOWN', M3, process, P, R3} -> R3 end,
    {A, B, demonitor(M2, [flush]), receive X -> X after 0 -> none end}.

register_test() ->
    P = spawn(fun() -> receive stop -> ok end end),
    {register(a_name, P), whereis(a_name) =:= P, t(fun() -> register(a_name, self()) end), lists:member(a_name, registered()), unregister(a_name), whereis(a_name), t(fun() -> a_name ! x end), t(fun() -> unregister(a_name) end)}.

send_after_test() ->
    R = erlang:send_after(20, self(), later), A = is_reference(R),
    {A, receive later -> got after 5000 -> lost end, erlang:cancel_timer(R), erlang:read_timer(R)}.

start_timer_test() ->
    R = erlang:start_timer(10, self(), payload),
    receive {timeout, R, X} -> X after 5000 -> lost end.

cancel_timer_test() ->
    R = erlang:send_after(60000, self(), never),
    L = erlang:read_timer(R), C = erlang:cancel_timer(R),
    {is_integer(L), L > 50000, is_integer(C), erlang:cancel_timer(R), receive never -> got after 30 -> none end, t(fun() -> erlang:send_after(-1, self(), x) end), erlang:cancel_timer(make_ref())}.

timer_order_test() ->
    [erlang:send_after(T, self(), T) || T <- [60, 20, 40]],
    [receive X -> X after 5000 -> lost end || _ <- [1, 2, 3]].

apply_test() ->
    F = fun(A, B) -> A - B end, M = lists, N = reverse,
    {apply(F, [3, 1]), apply(lists, sum, [[1, 2]]), apply(M, N, [[1, 2]]), M:N([3, 4]), apply(erlang, '+', [1, 2]), (fun lists:max/1)([1, 5]), apply(fun erlang:abs/1, [-1]), apply(erlang, binary_part, [<<"abc">>, 1, 1]),
     erlang:apply(fun() -> none end, []), apply(?MODULE, many, [1, 2, 3, 4, 5, 6, 7, 8])}.

processes_of(L) -> L.

many(A, B, C, D, E, F, G, H) -> [H, G, F, E, D, C, B, A].

apply_errors_test() ->
    [element(1, t(fun() -> apply(lists, nothing_like_it, []) end)), element(2, t(fun() -> apply(no_such_module, f, [1]) end)),
     t(fun() -> apply(hd(processes_of([notfun])), [1]) end)].

%% A counter.
init(N) when is_integer(N) -> {ok, N};
init({state, N}) -> {ok, counting, N};
init(event) -> {ok, []};
init({children, Children}) -> {ok, {#{strategy => one_for_one, intensity => 5, period => 10}, Children}};
init(ignore) -> ignore;
init(stop) -> {stop, not_today}.

handle_call(get, _, N) -> {reply, N, N};
handle_call({add, K}, _, N) -> {reply, ok, N + K};
handle_call(later, From, N) -> self() ! {answer, From}, {noreply, N};
handle_call(crash, _, _) -> error(crash_asked);
handle_call(stop, _, N) -> {stop, normal, stopped, N};
handle_call(never, _, N) -> {noreply, N};
handle_call({event, _}, _, L) -> {reply, ok, L};
handle_call(quick, _, N) -> {reply, quick, N, 10}.

handle_call(events, L) -> {ok, lists:reverse(L), L}.

handle_cast({add, K}, N) -> {noreply, N + K}.
handle_info({answer, From}, N) -> gen_server:reply(From, answered), {noreply, N};
handle_info(timeout, N) -> {noreply, N + 1000};
handle_info(_, N) -> {noreply, N}.
handle_event(E, L) -> {ok, [E | L]}.
callback_mode() -> handle_event_function.
handle_event({call, From}, get, counting, N) -> {keep_state_and_data, [{reply, From, N}]};
handle_event(cast, up, counting, N) -> {keep_state, N + 1};
handle_event(cast, sleep, counting, N) -> {next_state, asleep, N, [{state_timeout, 20, wake}]};
handle_event(state_timeout, wake, asleep, N) -> {next_state, counting, N + 100};
handle_event({call, _}, get, asleep, _) -> {keep_state_and_data, [postpone]}.
terminate(_, _) -> ok.
terminate(_, _, _) -> ok.
code_change(_, S, _) -> {ok, S}.
code_change(_, S, D, _) -> {ok, S, D}.

gen_server_test() ->
    {ok, P} = gen_server:start_link(?MODULE, 5, []),
    gen_server:cast(P, {add, 2}),
    {gen_server:call(P, get), gen_server:call(P, {add, 3}), gen_server:call(P, get), gen_server:call(P, later), gen_server:stop(P), is_process_alive(P), element(1, gen_server:start({local, counter}, ?MODULE, 1, [])),
     gen_server:call(counter, get), element(1, gen_server:start({local, counter}, ?MODULE, 1, [])), gen_server:call(counter, stop), gen_server:start(?MODULE, ignore, []), gen_server:start(?MODULE, stop, []), whereis(counter)}.

gen_server_crash_test() ->
    logger:set_primary_config(level, none),
    {ok, P} = gen_server:start(?MODULE, 5, []),
    M = monitor(process, P),
    {exit, {{A, _}, {gen_server, call, _}}} = t(fun() -> gen_server:call(P, crash) end),
    B = receive {'DOWN', M, process, P, {R, _}} -> R end,
    {A, B, element(2, t(fun() -> gen_server:call(nobody_there, x) end))}.

gen_server_timeout_test() ->
    {ok, P} = gen_server:start_link(?MODULE, 0, []),
    A = gen_server:call(P, quick),
    receive after 60 -> ok end,
    {A, gen_server:call(P, get), gen_server:stop(P)}.

call_timeout_test() ->
    {ok, P} = gen_server:start(?MODULE, 0, []),
    {exit, {timeout, _}} = t(fun() -> gen_server:call(P, never, 20) end),
    {gen_server:call(P, get), gen_server:stop(P)}.

gen_statem_test() ->
    {ok, P} = gen_statem:start_link(?MODULE, {state, 0}, []),
    gen_statem:cast(P, up), A = gen_statem:call(P, get), gen_statem:cast(P, sleep),
    {A, gen_statem:call(P, get), gen_statem:stop(P)}.

gen_event_test() ->
    {ok, P} = gen_event:start_link(),
    A = gen_event:add_handler(P, ?MODULE, event), gen_event:notify(P, one), gen_event:sync_notify(P, two),
    {A, gen_event:call(P, ?MODULE, events), gen_event:which_handlers(P), gen_event:delete_handler(P, ?MODULE, x), gen_event:which_handlers(P), gen_event:stop(P)}.

supervisor_test() ->
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    Child = #{id => one, start => {gen_server, start_link, [{local, supervised}, ?MODULE, 1, []]}},
    {ok, S} = supervisor:start_link(?MODULE, {children, [Child]}),
    P = whereis(supervised), M = monitor(process, P), exit(P, kill),
    receive {'DOWN', M, process, P, _} -> ok end,
    Q = wait_for(supervised, P, 200),
    R = {is_pid(Q), Q =/= P, gen_server:call(supervised, get), [Id || {Id, _, _, _} <- supervisor:which_children(S)], supervisor:count_children(S), supervisor:terminate_child(S, one), supervisor:delete_child(S, one)},
    unlink(S), exit(S, shutdown),
    R.

wait_for(_, _, 0) -> never;
wait_for(Name, Old, N) ->
    case whereis(Name) of
        Pid when is_pid(Pid), Pid =/= Old -> Pid;
        _ -> receive after 10 -> wait_for(Name, Old, N - 1) end
    end.

proc_lib_test() ->
    A = proc_lib:start_link(?MODULE, acknowledge, [hello]),
    S = self(),
    P = proc_lib:spawn_link(fun() -> S ! runs, receive stop -> ok end end),
    receive runs -> ok end,
    B = proc_lib:translate_initial_call(P), P ! stop,
    {A, element(1, B), proc_lib:start(?MODULE, fail, [why])}.

acknowledge(What) -> proc_lib:init_ack({ok, What}).
fail(Why) -> proc_lib:init_fail({error, Why}, {exit, normal}).

sys_test() ->
    {ok, P} = gen_server:start_link(?MODULE, 5, []),
    A = sys:get_state(P), sys:replace_state(P, fun(N) -> N * 2 end),
    {A, sys:get_state(P), sys:suspend(P), sys:resume(P), gen_server:call(P, get), element(1, sys:get_status(P)), gen_server:stop(P)}.

timer_module_test() ->
    {T, V} = timer:tc(fun() -> timer:sleep(20), v end),
    {T >= 20000, V, timer:seconds(2), timer:hms(1, 1, 1), timer:now_diff({1, 2, 3}, {1, 1, 3})}.

process_flag_test() ->
    {process_flag(trap_exit, true), process_flag(trap_exit, false), process_flag(priority, normal), t(fun() -> process_flag(nonsense, 1) end), process_info(self(), trap_exit)}.

dictionary_test() ->
    {put(a, 1), put(a, 2), get(a), get(z), lists:member({a, 2}, get()), get_keys(2), erase(a), get(a)}.

hibernate_test() ->
    S = self(),
    P = spawn(fun() -> proc_lib:hibernate(?MODULE, woken, [S]) end),
    P ! wake,
    receive {woken, X} -> X after 5000 -> lost end.

woken(To) -> receive wake -> To ! {woken, yes} end.

receive_test() ->
    self() ! {b, 1}, self() ! {a, 2}, self() ! {b, 3},
    A = receive {a, X} -> X end, B = [receive {b, Y} -> Y end || _ <- [1, 2]],
    {A, B, receive _ -> more after 0 -> none end, receive _ -> more after 5 -> none end}.

pids_test() ->
    P = self(), R = make_ref(),
    {list_to_pid(pid_to_list(P)) =:= P, is_pid(P), binary_to_term(term_to_binary({P, R})) =:= {P, R}, is_process_alive(P), node(P), lists:member(P, processes()), t(fun() -> list_to_pid(processes_of("nonsense")) end), R =/= make_ref()}.

exit_test() ->
    [begin {P, M} = spawn_monitor(F), receive {'DOWN', M, process, P, R} -> case R of {X, S} when is_list(S) -> X; _ -> R end end end
     || F <- [fun() -> ok end, fun() -> exit(a) end, fun() -> exit(self(), kill), receive after infinity -> ok end end, fun() -> throw(b) end, fun() -> error(c) end]].

%% What a message brought, or that none came.
heard() -> receive {heard, X} -> X after 50 -> nothing end.
tell_alias(Alias, What) -> _ = erlang:send(Alias, {heard, What}), heard().

alias_test() ->
    A = alias(), Once = alias([reply]), S = self(),
    One = {tell_alias(A, 1), tell_alias(A, 2), tell_alias(Once, 3), tell_alias(Once, 4)},
    {_, M} = spawn_monitor(fun() -> S ! {heard, unalias(A)} end),
    receive {'DOWN', M, process, _, normal} -> ok end,
    {One, heard(), unalias(A), unalias(A), tell_alias(A, 5), unalias(Once), unalias(make_ref()), t(fun() -> unalias(none) end),
     t(fun() -> alias([nonsense]) end), gen:reply({undefined, [[alias | alias()], load]}, hello), receive {[[alias | _], load], X} -> X after 50 -> none end}.

alias_of_monitor_test() ->
    P = spawn(fun() -> receive stop -> ok end end),
    [A, B, C, D] = [monitor(process, P, [{alias, K}]) || K <- [explicit_unalias, demonitor, demonitor, reply_demonitor]],
    Before = [tell_alias(R, before) || R <- [A, B, C, D]],
    true = demonitor(B, [flush]), true = unalias(C),
    Between = [tell_alias(R, between) || R <- [A, B, C, D]],
    P ! stop,
    Down = [receive {'DOWN', R, process, P, Why} -> Why after 100 -> none end || R <- [A, C, D]],
    {Before, Between, Down, [tell_alias(R, late) || R <- [A, B, C, D]], [unalias(R) || R <- [A, B, C, D]],
     t(fun() -> monitor(process, P, [{alias, nonsense}]) end)}.

tag_test() ->
    P = spawn(fun() -> receive stop -> exit(why) end end),
    [A, B, C] = [monitor(process, P, [{tag, {mine, N}}]) || N <- [1, 2, 3]],
    Stopped = [demonitor(A, [info]), demonitor(A, [info])],
    P ! stop,
    One = receive {{mine, N}, B, process, P, Why} -> {N, Why} after 1000 -> none end,
    receive {{mine, 3}, C, process, P, _} = Late -> self() ! Late after 1000 -> none end,
    {Stopped, One, demonitor(C, [flush, info]), receive {{mine, _}, _, _, _, _} -> more after 50 -> none end}.

%% A name on this node, by the name of the node; on another, and one that nobody has.
names_of_nodes_test() ->
    register(heard, self()),
    Here = {heard, node()},
    Sent = [Here ! a, erlang:send(Here, b), erlang:send(Here, c, [noconnect]), gen_server:cast(Here, d)],
    Lost = [{nobody, node()} ! a, erlang:send({nobody, node()}, a, []), {heard, 'no@where'} ! a,
            erlang:send({heard, 'no@where'}, a, [noconnect]), t(fun() -> {heard} ! a end), t(fun() -> {heard, 1} ! a end)],
    Heard = [receive a -> a end, receive b -> b end, receive c -> c end, receive {'$gen_cast', d} -> d end],
    P = spawn(fun() -> receive stop -> exit(bye) end end),
    register(watched, P),
    M = monitor(process, {watched, node()}), P ! stop,
    N = monitor(process, {nobody, node()}),
    Downs = [receive {'DOWN', M, process, Who, Why} -> {Who, Why} end, receive {'DOWN', N, process, Whom, Reason} -> {Whom, Reason} end],
    unregister(heard),
    {Sent, Lost, Heard, Downs, t(fun() -> monitor(process, {heard, 'no@where'}) end)}.

operator_test() ->
    Alias = alias(),
    Alias ! hello,
    A = receive X -> X after 1000 -> lost end,
    unalias(Alias),
    Alias ! again,
    {A, receive Y -> Y after 20 -> lost end, t(fun() -> nobody_at_all ! x end), t(fun() -> 17 ! x end), self() ! z, receive z -> ok end}.

%% What was sent a process before it is asked for has arrived.
killed_test() ->
    [begin
        P = spawn(fun() -> receive stop -> ok end end),
        exit(P, kill),
        {is_process_alive(P), process_info(P, message_queue_len)}
     end || _ <- lists:seq(1, 20)] ++ [killed_and_watched() || _ <- lists:seq(1, 5)] ++ [is_process_alive(self()), t(fun() -> is_process_alive(no_pid) end)].

killed_and_watched() ->
    P = spawn(fun() -> receive stop -> ok end end),
    exit(P, kill),
    M = monitor(process, P),
    receive {'DOWN', M, process, P, Why} -> Why after 1000 -> lost end.

%% The first frame names a callback that is not there.
missing_callbacks_test() ->
    First = fun({'EXIT', {undef, [Frame | _]}}) -> Frame; ({undef, [Frame | _]}) -> Frame; (Other) -> Other end,
    {error, Init} = gen_server:start(otp_none_such, 1, []),
    {ok, P} = gen_server:start(?MODULE, 1, []),
    {ok, E} = gen_event:start(),
    Handler = First(gen_event:add_handler(E, otp_none_such, [x])),
    ok = gen_event:add_handler(E, ?MODULE, event),
    Code = begin sys:suspend(P), Changed = sys:change_code(P, ?MODULE, old, extra), sys:resume(P), Changed end,
    ok = gen_server:stop(P), ok = gen_event:stop(E),
    {ok, otp_takes_all, Beam} = compile:forms([{attribute, 1, module, otp_takes_all}, {attribute, 1, export, [{'$handle_undefined_function', 2}]},
        {function, 1, '$handle_undefined_function', 2, [{clause, 1, [{var, 1, 'F'}, {var, 1, 'A'}], [], [{call, 1, {remote, 1, {atom, 1, erlang}, {atom, 1, apply}}, [{atom, 1, ?MODULE}, {var, 1, 'F'}, {var, 1, 'A'}]}]}]}]),
    {module, _} = code:load_binary(otp_takes_all, "otp_takes_all", Beam),
    {ok, All} = gen_server:start(otp_takes_all, 7, []),
    7 = gen_server:call(All, get),
    {First(Init), Handler, element(1, Code), First(element(2, Code))}.

watched_spawn_test() ->
    {P, M} = spawn_opt(fun() -> exit(bye) end, [{monitor, [{tag, gone}]}]),
    {_, N} = spawn_opt(erlang, exit, [now], [link, {monitor, []}]) ,
    [receive {gone, M, process, P, Why} -> Why after 1000 -> lost end, process_flag(trap_exit, true),
     receive {'DOWN', N, process, _, Then} -> Then after 1000 -> lost end].

%% A process that hibernates wakes at a message, which it finds where it was, before those that came later.
asleep_test() ->
    S = self(),
    P = spawn(fun() -> erlang:hibernate(?MODULE, awake, [S]) end),
    Asleep = settled(fun() -> process_info(P, current_function) end, {current_function, {erlang, hibernate, 3}}),
    [P ! N || N <- [1, 2, 3]],
    Told = receive {awake, All} -> All after 1000 -> lost end,
    S ! first, S ! second,
    Q = spawn(fun() -> receive go -> erlang:hibernate(?MODULE, awake, [S]) end end),
    [Q ! M || M <- [4, go, 5, 6]],
    {Asleep, Told, receive {awake, Rest} -> Rest after 1000 -> lost end, [receive First -> First end, receive Second -> Second end],
     t(fun() -> erlang:hibernate(1, counted, []) end)}.

awake(To) -> To ! {awake, [receive N -> N after 1000 -> lost end || _ <- [1, 2, 3]]}.

settled(Look, Wanted) -> settled(Look, Wanted, 200).

settled(Look, Wanted, Tries) ->
    case Look() of
        Wanted -> Wanted;
        Other when Tries =:= 0 -> Other;
        _ -> receive after 5 -> settled(Look, Wanted, Tries - 1) end
    end.

global_test() ->
    P = spawn(fun() -> receive stop -> ok end end),
    Taken = [global:whereis_name(a_global), global:register_name(a_global, P), global:register_name(a_global, self()),
             global:whereis_name(a_global) =:= P, lists:member(a_global, global:registered_names()), global:send(a_global, hello) =:= P,
             t(fun() -> global:send(nobody_global, hello) end)],
    Moved = [global:re_register_name(a_global, self()), global:whereis_name(a_global) =:= self(), global:unregister_name(a_global), global:whereis_name(a_global)],
    yes = global:register_name(b_global, P),
    P ! stop,
    Gone = settled(fun() -> global:whereis_name(b_global) end, undefined),
    Server = gen_server:start({global, served}, ?MODULE, 1, []),
    Answer = [element(1, Server), gen_server:call({global, served}, get), gen_server:call({via, global, served}, get), gen_server:start({global, served}, ?MODULE, 1, []) =:= {error, {already_started, element(2, Server)}},
              gen_server:stop({global, served})],
    Locks = [global:set_lock({a_lock, self()}), global:set_lock({a_lock, other}, [node()], 0), global:del_lock({a_lock, self()}), global:trans({a_lock, self()}, fun() -> inside end), global:sync()],
    {Taken, Moved, Gone, Answer, Locks}.

multi_call_test() ->
    {ok, P} = gen_server:start({local, many}, ?MODULE, 5, []),
    A = gen_server:multi_call([node()], many, get), B = gen_server:multi_call([node(), 'no@where'], many, get, 1000), C = gen_server:multi_call([node()], nobody, get),
    D = gen_server:abcast([node()], many, {add, 2}), E = gen_server:call(many, get), gen_server:stop(P),
    {A, B, C, D, E}.

nodes_test() ->
    [net_kernel:monitor_nodes(true), net_kernel:monitor_nodes(false, [nodedown_reason]), net_kernel:monitor_nodes(true, [{node_type, all}]), net_kernel:monitor_nodes(true, [{node_type, none}]),
     net_kernel:monitor_nodes(true, [unknown]), net_kernel:monitor_nodes(true, #{unknown => 1}), net_kernel:monitor_nodes(true, none), net_kernel:monitor_nodes(maybe_so)].

%% A process sees its own messages, which stay as they are and where they are.
own_messages_test() ->
    Told = fun() -> element(2, process_info(self(), messages)) end,
    None = Told(),
    [self() ! Message || Message <- [a, {b, [1, 2, 3]}, <<"c">>, #{d => 4.0}, lists:seq(1, 20)]],
    All = Told(),
    Again = Told(),
    Taken = receive <<"c">> -> c end,
    _ = lists:sum(lists:seq(1, 10_000)),
    erlang:garbage_collect(),
    Left = Told(),
    Length = process_info(self(), message_queue_len),
    Others = [receive Message -> Message end || _ <- Left],
    {None, All, Again =:= All, Taken, Left, Length, Others =:= Left, Told(), many_messages()}.

%% Also while others send: nothing is lost and the order stays.
many_messages() ->
    Self = self(),
    Sender = spawn(fun() -> [Self ! {number, N} || N <- lists:seq(1, 2_000)] end),
    _ = [process_info(self(), messages) || _ <- lists:seq(1, 20)],
    [receive {number, N} -> Sender end || N <- lists:seq(1, 2_000)] =:= lists:duplicate(2_000, Sender)
        andalso process_info(self(), messages).

%% The calls that led to where a process asks; a function that catches is told of once.
own_frames_test() ->
    {stack(catches_twice()), stack(asks()), function(element(2, process_info(self(), current_function)))}.

stack(Frames) -> [{Name, Arity} || {?MODULE, Name, Arity, _} <- Frames, Name =/= own_frames_test].

function({Module, Name, Arity}) -> {Module, Name, Arity}.

catches_twice() ->
    try
        Frames = try fails() after ok end,
        {not_caught, Frames}
    catch
        error:failed:Stack -> Stack
    end.

fails() ->
    _ = t(fun() -> ok end),
    error(failed).

asks() ->
    {current_stacktrace, Stack} = process_info(self(), current_stacktrace),
    lists:sublist(Stack, 2).

%% A native that is applied is named by its error, as when it is called.
applied_frames_test() ->
    Applied = [{'+', [1, a]}, {hd, [[]]}, {element, [3, {a}]}, {length, [a]}, {'++', [a, b]}, {'not', [1]}, {binary_part, [<<>>, 1, 2]}],
    [applied(Name, Arguments) || {Name, Arguments} <- Applied].

applied(Name, Arguments) ->
    try
        apply(erlang, Name, Arguments)
    catch
        error:Reason:Stack -> {Reason, setelement(4, hd(Stack), [])}
    end.

%% Handlers of the old kind are told errors, warnings and what else is said.
old_handlers_test() ->
    ok = error_logger:add_report_handler(?MODULE, event),
    ok = error_logger:warning_msg("warned ~p", [1]),
    ok = error_logger:error_msg("failed ~p", [2]),
    ok = error_logger:warning_report([{warned, 3}]),
    Told = gen_event:call(error_logger, ?MODULE, events),
    _ = error_logger:delete_report_handler(?MODULE),
    [{Tag, Kind, What} || {Tag, _, {Pid, Kind, What}} <- Told, Pid =:= self()].

%% What is raised again keeps its trace, also where a program has given it.
raised_again_test() ->
    Again = fun(Work) -> try Work() catch Class:Reason:Stack -> erlang:raise(Class, Reason, Stack) end end,
    After = fun(Work) -> try Again(Work) after ok = gives_way() end end,
    [stack_of(fun() -> Way(Work) end) || Way <- [Again, After], Work <- [fun given/0, fun fails/0]].

stack_of(Work) ->
    try Work() catch Class:Reason:Stack -> {Class, Reason, setelement(4, hd(Stack), [])} end.

given() -> erlang:raise(error, given, [{a_module, a_function, [1], []}]).

gives_way() ->
    try error(nothing) catch error:nothing -> ok end.
