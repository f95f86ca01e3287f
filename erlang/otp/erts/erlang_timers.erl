%% Timers for erlang:send_after and its kin: one process that sleeps until the next one is due.
%% A timer is a reference; the process is started by the first.
-module(erlang_timers).
-export([start/5, cancel/2, read/2]).

-define(LONGEST_MS, 16#ffffffff).

start(Time, Destination, Kind, Message, Options) ->
    Due = due(Time, Options),
    is_destination(Destination) orelse error(badarg, [Time, Destination, Message]),
    Timer = make_ref(),
    Sent = case Kind of
        message -> Message;
        timeout -> {timeout, Timer, Message}
    end,
    keeper() ! {start, Timer, Due, Destination, Sent},
    Timer.

%% Milliseconds left, or false.
cancel(Timer, Options) ->
    Left = ask(cancel, Timer),
    case {option(async, Options, false), option(info, Options, true)} of
        {true, true} -> self() ! {cancel_timer, Timer, Left}, ok;
        {true, false} -> ok;
        {false, true} -> Left;
        {false, false} -> ok
    end.

read(Timer, Options) ->
    Left = ask(read, Timer),
    case option(async, Options, false) of
        true -> self() ! {read_timer, Timer, Left}, ok;
        false -> Left
    end.

option(Name, Options, Default) ->
    case lists:keyfind(Name, 1, Options) of
        {_, Value} -> Value;
        false -> Default
    end.

due(Time, Options) when is_integer(Time) ->
    Now = erlang:monotonic_time(millisecond),
    case option(abs, Options, false) of
        true -> Time;
        false when Time >= 0, Time =< ?LONGEST_MS -> Now + Time;
        false -> error(badarg)
    end;
due(_, _) ->
    error(badarg).

is_destination(Destination) -> is_pid(Destination) orelse is_atom(Destination).

ask(What, Timer) when is_reference(Timer) ->
    Tag = make_ref(),
    keeper() ! {What, Timer, self(), Tag},
    receive {Tag, Left} -> Left end;
ask(_, Timer) ->
    error(badarg, [Timer]).

keeper() ->
    case whereis(?MODULE) of
        undefined -> start_keeper();
        Keeper -> Keeper
    end.

%% Of two that start at once, the one that got the name stays.
start_keeper() ->
    Starter = self(),
    {Keeper, Monitor} = spawn_opt(fun() ->
        try register(?MODULE, self()) of
            true -> Starter ! {self(), up}, loop(gb_trees:empty(), #{})
        catch
            error:badarg -> ok
        end
    end, [monitor]),
    receive
        {Keeper, up} -> erlang:demonitor(Monitor, [flush]), Keeper;
        {'DOWN', Monitor, process, _, _} -> keeper()
    end.

%% Queue: {Due, Timer} to {Destination, Message}, in order of time. Times: timer to Due.
loop(Queue, Times) ->
    receive
        {start, Timer, Due, Destination, Message} ->
            loop(gb_trees:insert({Due, Timer}, {Destination, Message}, Queue), Times#{Timer => Due});
        {cancel, Timer, From, Tag} ->
            case Times of
                #{Timer := Due} ->
                    From ! {Tag, left(Due)},
                    loop(gb_trees:delete({Due, Timer}, Queue), maps:remove(Timer, Times));
                #{} ->
                    From ! {Tag, false},
                    loop(Queue, Times)
            end;
        {read, Timer, From, Tag} ->
            case Times of
                #{Timer := Due} -> From ! {Tag, left(Due)};
                #{} -> From ! {Tag, false}
            end,
            loop(Queue, Times);
        _ ->
            loop(Queue, Times)
    after pause(Queue) ->
        {Left, Kept} = fire(Queue, Times),
        loop(Left, Kept)
    end.

left(Due) -> max(0, Due - erlang:monotonic_time(millisecond)).

pause(Queue) ->
    case gb_trees:is_empty(Queue) of
        true -> infinity;
        false -> {{Due, _}, _} = gb_trees:smallest(Queue), left(Due)
    end.

fire(Queue, Times) ->
    case pause(Queue) of
        0 ->
            {{_, Timer}, {Destination, Message}, Rest} = gb_trees:take_smallest(Queue),
            %% A name that nobody bears any more loses the message, as in OTP.
            _ = catch Destination ! Message,
            fire(Rest, maps:remove(Timer, Times));
        _ ->
            {Queue, Times}
    end.
