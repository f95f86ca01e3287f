%% What a table says of the options for many readers and writers. One process writes at a time here, whatever they are; what is wrong
%% with them is refused as OTP does it, and what is left out is filled in.
-module(ets_concurrency).
-export([checked/1, told/3]).

%% How many locks somebody may ask for; they are at least so many, and a power of two.
-define(MOST_LOCKS, 32768).
-define(FEWEST_LOCKS, 64).

%% The value of `write_concurrency`, or an error.
checked(Value) when is_boolean(Value); Value =:= auto -> Value;
checked({debug_hash_fixed_number_of_locks, Locks}) when is_integer(Locks), Locks > 0, Locks =< ?MOST_LOCKS ->
    {debug_hash_fixed_number_of_locks, power_below(Locks, ?FEWEST_LOCKS)};
checked(_) -> error(none).

power_below(Locks, Power) when 2 * Power > Locks -> Power;
power_below(Locks, Power) -> power_below(Locks, 2 * Power).

%% The options of a new table, the last given first, with what they come to for its type and its protection in front.
told(Options, Type, Protection) ->
    Given = proplists:get_value(write_concurrency, Options, false),
    Type =:= ordered_set andalso is_tuple(Given) andalso error(none),
    Writes = Protection =/= private andalso Given,
    Counts = Writes =/= false andalso
        proplists:get_value(decentralized_counters, Options, Writes =/= true orelse Type =:= ordered_set),
    Reads = Protection =/= private andalso proplists:get_value(read_concurrency, Options, false),
    [{write_concurrency, Writes}, {decentralized_counters, Counts}, {read_concurrency, Reads} | Options].
