%% Processes: messages in order, selective receive, timeouts, links, monitors, names, a storm of spawns.
-module(processes).
-export([start/0, child/1]).

start() ->
    show:all([
        {echo, fun() -> P = spawned(fun echo/0), P ! {self(), hello}, receive {echo, X} -> X end end},
        {mfa, fun() -> P = erlang:spawn_opt(?MODULE, child, [self()], []), receive {child, P} -> ok end end},
        {order, fun() -> Self = self(), [Self ! {n, N} || N <- [1, 2, 3, 4, 5]], [receive {n, N} -> N end || _ <- [1, 2, 3, 4, 5]] end},
        {selective, fun() -> self() ! a, self() ! b, self() ! c, B = receive b -> b end, A = receive X -> X end, C = receive Y -> Y end, [B, A, C] end},
        {timeout, fun() -> receive never -> never after 20 -> timeout end end},
        {at_once, fun() -> receive never -> never after 0 -> timeout end end},
        {timeout_waits, fun() -> T = now_ms(), receive never -> never after 50 -> ok end, now_ms() - T >= 49 end},
        {link_exit, fun() -> process_flag(trap_exit, true), P = linked(fun() -> exit(broken) end), receive {'EXIT', P, R} -> R end end},
        {link_normal, fun() -> P = linked(fun() -> ok end), receive {'EXIT', P, R} -> R end end},
        {link_error, fun() -> P = linked(fun() -> erlang:error(oops) end), receive {'EXIT', P, {R, _}} -> R end end},
        {kill, fun() -> P = linked(fun echo/0), exit(P, kill), receive {'EXIT', P, R} -> R end end},
        {monitor, fun() -> {P, M} = monitored(fun() -> exit(done) end), receive {'DOWN', M, process, P, R} -> R end end},
        {monitor_dead, fun() -> P = spawned(fun() -> ok end), wait_dead(P), M = monitor(process, P), receive {'DOWN', M, process, P, R} -> R end end},
        {demonitor, fun() -> {P, M} = monitored(fun echo/0), true = demonitor(M), exit(P, kill), receive {'DOWN', _, _, _, _} -> down after 20 -> quiet end end},
        {names, fun() -> P = spawned(fun echo/0), register(the_echo, P), the_echo ! {self(), by_name}, X = receive {echo, Y} -> Y end, {X, whereis(the_echo) =:= P, unregister(the_echo), whereis(the_echo)} end},
        {no_name, fun() -> nobody_here ! hello end},
        {dictionary, fun() -> [put(k, 1), put(k, 2), get(k), erase(k), get(k)] end},
        {alive, fun() -> P = spawned(fun() -> ok end), wait_dead(P), is_process_alive(P) end},
        {storm, fun() -> storm(300) end},
        {parallel, fun() -> parallel(8) end},
        {ping_pong, fun() -> P = spawned(fun echo/0), ping(P, 500) end},
        {large_messages, fun() -> P = spawned(fun echo/0), L = seq(1, 500), P ! {self(), {L, list_to_binary(seq(0, 200))}}, receive {echo, {L2, B}} -> {L =:= L2, byte_size(B)} end end},
        {garbage, fun() -> garbage(200, []) end}
    ]).

child(Parent) -> Parent ! {child, self()}.

spawned(Fun) -> erlang:spawn_opt(Fun, []).
linked(Fun) -> erlang:spawn_opt(Fun, [link]).
monitored(Fun) -> erlang:spawn_opt(Fun, [monitor]).

echo() ->
    receive {From, X} -> From ! {echo, X}, echo() end.

now_ms() -> erlang:monotonic_time(millisecond).

wait_dead(P) ->
    case is_process_alive(P) of
        true -> receive after 1 -> wait_dead(P) end;
        false -> ok
    end.

storm(N) ->
    Self = self(),
    [spawned(fun() -> Self ! {storm, I, I * I} end) || I <- seq(1, N)],
    gather(N, 0).

gather(0, Sum) -> Sum;
gather(N, Sum) -> receive {storm, _, X} -> gather(N - 1, Sum + X) end.

parallel(N) ->
    Self = self(),
    [spawned(fun() -> Self ! {done, I, work(20000 + I, 1)} end) || I <- seq(1, N)],
    [receive {done, I, X} -> {I, X} end || I <- seq(1, N)].

work(0, X) -> X;
work(N, X) -> work(N - 1, (X * 1103515245 + 12345) rem 2147483648).

ping(_, 0) -> done;
ping(P, N) -> P ! {self(), N}, receive {echo, N} -> ping(P, N - 1) end.

garbage(0, Kept) -> length(Kept);
garbage(N, Kept) ->
    Dead = seq(1, 200),
    garbage(N - 1, [{N, length(Dead), list_to_binary([N rem 256])} | Kept]).

seq(N, M) when N > M -> [];
seq(N, M) -> [N | seq(N + 1, M)].
