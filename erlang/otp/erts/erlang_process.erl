%% What is known of a process, and a process that sleeps until it is told something.
-module(erlang_process).
-compile({no_auto_import, [exit/2]}).
-export([info/1, info/2, is_alive/1, exit/2, sleep/0]).
-peeks([{await, 0}]).
-passes([{hand_on, 2}]).

%% The native does not wait for what the caller has sent the process before, such as an exit. The process itself answers
%% after that, once more when it is about to end; so it is asked twice. (The caller of a native that waits never goes on
%% where it is called in last place.)
is_alive(Pid) when Pid =:= erlang:self() -> true;
is_alive(Pid) when erlang:is_pid(Pid) ->
    eRlang:is_process_alive(Pid) andalso answers(Pid) andalso answers(Pid);
is_alive(Pid) -> erlang:error(badarg, [Pid]).

answers(Pid) ->
    try eRlang:process_info(Pid, message_queue_len) of
        {message_queue_len, _} -> true;
        _ -> false
    catch
        error:_ -> false
    end.

%% What is sent to a process that is killed finds none, as in OTP: whoever kills waits for the end.
exit(Pid, kill) when erlang:is_pid(Pid), Pid =/= erlang:self() ->
    true = eRlang:exit(Pid, kill),
    _ = is_alive(Pid),
    true;
exit(Pid, Reason) ->
    eRlang:exit(Pid, Reason).

%% Until a message is there that it has not looked at. Whoever asks meanwhile is told so.
sleep() ->
    Self = erlang:self(),
    _ = erlang:garbage_collect(),
    _ = erlang_alias:note({Self, Self, asleep, none, none}),
    ok = await(),
    _ = erlang_alias:forget(Self),
    ok.

%% The message stays where it is: see `peeks` in the build.
await() ->
    receive _ -> ok end.

%% OTP's crash reports and shell ask for more than the native knows, and it calls that a bad argument.
info(Pid, Items) when erlang:is_list(Items) ->
    case erlang:is_process_alive(Pid) of
        true -> [case info(Pid, Item) of [] -> {Item, []}; Info -> Info end || Item <- Items];
        false -> undefined
    end;
%% The native tells an empty stack of whoever asks about itself.
info(Pid, current_stacktrace) when Pid =:= erlang:self() -> {current_stacktrace, frames()};
info(Pid, Item) ->
    try eRlang:process_info(Pid, Item) of
        [] when Item =/= registered_name -> known(Pid, Item);
        Info -> Info
    catch
        error:badarg -> known(Pid, Item)
    end.

known(Pid, Item) ->
    Value = value(Item, Pid, Pid =:= erlang:self()),
    case erlang:is_process_alive(Pid) of
        true -> {Item, Value};
        false -> undefined
    end.

value(dictionary, _, true) -> erlang:get();
value(dictionary, Pid, false) -> dictionary(Pid);
value(group_leader, _, true) -> erlang:group_leader();
value(group_leader, _, false) -> erlang:whereis(user);
value(trap_exit, _, true) ->
    Is = eRlang:process_flag(trap_exit, false),
    _ = eRlang:process_flag(trap_exit, Is),
    Is;
value(trap_exit, _, false) -> false;
value(status, _, true) -> running;
value(status, _, false) -> waiting;
value(reductions, _, _) -> 0;
value(message_queue_len, _, _) -> 0;
value(priority, _, _) -> normal;
value(error_handler, _, _) -> error_handler;
value(catchlevel, _, _) -> 0;
value(suspending, _, _) -> [];
value(sequential_trace_token, _, _) -> [];
value(trace, _, _) -> 0;
value(message_queue_data, _, _) -> on_heap;
value(async_dist, _, _) -> false;
value(label, Pid, IsSelf) -> value({dictionary, '$process_label'}, Pid, IsSelf);
value({dictionary, Key}, _, true) -> erlang:get(Key);
value({dictionary, Key}, Pid, false) ->
    case lists:keyfind(Key, 1, dictionary(Pid)) of
        {_, Value} -> Value;
        false -> undefined
    end;
value(initial_call, _, _) -> {erlang, apply, 2};
value(messages, _, true) -> messages();
value(current_function, _, true) ->
    case frames() of
        [{Module, Name, Arity, _} | _] when erlang:is_integer(Arity) -> {Module, Name, Arity};
        _ -> {erlang, apply, 2}
    end;
value(current_function, Pid, false) ->
    case erlang_alias:row(Pid) of
        [{_, _, asleep, _, _}] -> {erlang, hibernate, 3};
        [] -> {erlang, apply, 2}
    end;
value(Item, _, _) when Item =:= messages; Item =:= links; Item =:= monitors; Item =:= monitored_by;
                       Item =:= current_stacktrace; Item =:= garbage_collection; Item =:= binary;
                       Item =:= current_location -> [];
value(Item, _, _) when Item =:= heap_size; Item =:= stack_size; Item =:= total_heap_size; Item =:= memory -> 0;
value(_, _, _) -> erlang:error(badarg).

%% The native of the lean VM tells the dictionary of another process when it is asked for `'EXIT'`.
dictionary(Pid) ->
    try eRlang:process_info(Pid, 'EXIT') of
        {_, Pairs} -> Pairs;
        _ -> []
    catch
        error:badarg -> []
    end.

%% The calls that led here, but the ones of this module and of natives, which OTP does not see: above all `apply`. OTP
%% keeps eight.
frames() ->
    Stack = try erlang:error(here) catch error:_:Frames -> Frames end,
    lists:sublist([Frame || {Module, _, _, _} = Frame <- Stack, Module =/= ?MODULE, Module =/= erlang, Module =/= erlang_apply], 8).

%% The caller's messages. No native tells them, so each is handed to a process that sends all of them back; they stay
%% where they are.
messages() ->
    {message_queue_len, Count} = eRlang:process_info(erlang:self(), message_queue_len),
    Self = erlang:self(),
    Answer = erlang:make_ref(),
    Keeper = erlang:spawn(fun() -> Self ! {Answer, kept(Answer)} end),
    ok = hand_on(Count, Keeper),
    Keeper ! Answer,
    receive {Answer, Messages} -> Messages end.

kept(End) ->
    receive
        End -> [];
        Message -> [Message | kept(End)]
    end.

%% The next message is sent on and left where it is, and the one behind it comes next: see `passes` in the build. Nothing
%% is made here while a message is looked at: a collection of the heap must not find it.
hand_on(0, _Keeper) -> ok;
hand_on(Count, Keeper) ->
    receive
        Message ->
            eRlang:send(Keeper, Message),
            hand_on(Count - 1, Keeper)
    after 0 -> ok
    end.

info(Pid) ->
    case erlang:is_process_alive(Pid) of
        true -> [Info || Item <- [registered_name, initial_call, dictionary, links, monitored_by, message_queue_len, heap_size, stack_size,
                                  total_heap_size, memory], Info <- one(Pid, Item)];
        false -> undefined
    end.

one(Pid, Item) ->
    try info(Pid, Item) of
        {_, _} = Info -> [Info];
        _ -> []
    catch
        error:_ -> []
    end.
