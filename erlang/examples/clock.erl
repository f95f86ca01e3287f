%% title: Timers
%% about: Messages that come later: one after a delay, a tick that repeats, and one
%%        that is cancelled before it fires.
%% run: clock:start().
-module(clock).

-export([start/0]).

start() ->
    Self = self(),
    Cancelled = erlang:send_after(60_000, Self, never),
    erlang:send_after(350, Self, done),
    Ticker = spawn_link(fun() -> tick(Self, 1) end),
    Seen = collect([]),
    unlink(Ticker),
    exit(Ticker, kill),
    Left = erlang:cancel_timer(Cancelled),
    io:format("the cancelled timer had ~w s left~n", [Left div 1000]),
    {ticks, Seen}.

tick(To, N) ->
    timer:sleep(100),
    To ! {tick, N},
    tick(To, N + 1).

collect(Seen) ->
    receive
        {tick, N} ->
            io:format("tick ~w~n", [N]),
            collect([N | Seen]);
        done ->
            lists:reverse(Seen)
    end.
