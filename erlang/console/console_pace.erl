%% How many of the VM's schedulers are online: all of them while something may
%% take long, one while there are only roundtrips to answer. Two schedulers
%% hand every message on to each other, which makes a roundtrip a third longer;
%% but with one, a long native function keeps every other process waiting.
-module(console_pace).

-export([init/0, hold/1, touch/0]).

%% So long after the last work the others may rest; each time that was too
%% early, it takes twice as long, up to the limit.
-define(REST_MS, 2000).
-define(REST_LIMIT_MS, 64_000).
%% A timer that is so late waited for somebody else's work.
-define(LATE_US, 4000).
%% When one is left, how soon and then how often its timers are looked at.
-define(FIRST_PROBES_MS, [20, 20, 20]).
-define(PROBE_MS, 1000).

-record(pace, {holders = #{} :: #{reference() => true},
               rest_ms = ?REST_MS :: pos_integer()}).

%% All schedulers until this process has ended.
-spec hold(pid()) -> ok.
hold(Process) ->
    ask({hold, Process}).

%% All schedulers for a while.
-spec touch() -> ok.
touch() ->
    ask(touch).

%% At once, by whoever asks: the work may begin before this process is heard.
ask(What) ->
    case whereis(?MODULE) of
        undefined ->
            ok;
        Pace ->
            all(),
            Pace ! What,
            ok
    end.

-spec init() -> no_return().
init() ->
    work(#pace{}).

work(#pace{holders = Holders, rest_ms = RestMs} = Pace) ->
    all(),
    Patience = case map_size(Holders) of
        0 -> RestMs;
        _ -> infinity
    end,
    receive
        Message -> work(heard(Message, Pace))
    after Patience ->
        one(),
        rest(?FIRST_PROBES_MS, Pace)
    end.

heard({hold, Process}, #pace{holders = Holders}) ->
    #pace{holders = Holders#{monitor(process, Process) => true}};
heard({'DOWN', Monitor, process, _, _}, #pace{holders = Holders}) ->
    #pace{holders = maps:remove(Monitor, Holders)};
heard(touch, Pace) ->
    Pace#pace{rest_ms = ?REST_MS};
heard(_Other, Pace) ->
    Pace.

rest([], Pace) ->
    rest([?PROBE_MS], Pace#pace{rest_ms = ?REST_MS});
rest([WaitMs | Probes], #pace{rest_ms = RestMs} = Pace) ->
    Start = erlang:monotonic_time(microsecond),
    receive
        Message -> work(heard(Message, Pace))
    after WaitMs ->
        case erlang:monotonic_time(microsecond) - Start - WaitMs * 1000 of
            Late when Late > ?LATE_US ->
                work(Pace#pace{rest_ms = min(2 * RestMs, ?REST_LIMIT_MS)});
            _ ->
                rest(Probes, Pace)
        end
    end.

all() ->
    online(erlang:system_info(schedulers)).

one() ->
    online(1).

online(Count) ->
    _ = erlang:system_flag(schedulers_online, Count),
    ok.
