%% Units of time beyond those that AtomVM's natives know, and the zone's distance.
-module(erlang_clock).
-export([in_unit/2, shift/2, zone_seconds/0]).

%% Nanoseconds in another unit; a number stands for that many parts of a second.
in_unit(nanosecond, Time) -> Time;
in_unit(native, Time) -> Time;
in_unit(microsecond, Time) -> erts_internal:floor_div(Time, 1000);
in_unit(millisecond, Time) -> erts_internal:floor_div(Time, 1000000);
in_unit(second, Time) -> erts_internal:floor_div(Time, 1000000000);
in_unit(perf_counter, Time) -> Time;
in_unit(PartsPerSecond, Time) when erlang:is_integer(PartsPerSecond), PartsPerSecond > 0 ->
    erts_internal:floor_div(Time * PartsPerSecond, 1000000000);
in_unit(Unit, _) -> erlang:error(badarg, [Unit]).

shift(Time, Seconds) ->
    calendar:gregorian_seconds_to_datetime(calendar:datetime_to_gregorian_seconds(Time) + Seconds).

%% The zone's distance of this moment: no table of its past is at hand.
zone_seconds() ->
    Distance = calendar:datetime_to_gregorian_seconds(erlang:localtime())
        - calendar:datetime_to_gregorian_seconds(erlang:universaltime()),
    %% The two were asked one after the other.
    (Distance + 450) div 900 * 900.
