%% Arrays of integers as rows of one native table, which changes a row at once for all processes.
-module(atomics).
-overlay(whole).
-export([new/2, put/3, get/2, add/3, add_get/3, sub/3, sub_get/3, exchange/3, compare_exchange/4, info/1]).

new(Arity, Options) when is_integer(Arity), Arity > 0, is_list(Options) ->
    Array = make_ref(),
    Row = list_to_tuple([Array, is_signed(Options) | lists:duplicate(Arity, 0)]),
    true = eTs:insert(ets_keeper:store(counters), Row),
    Array;
new(Arity, Options) ->
    error(badarg, [Arity, Options]).

is_signed(Options) ->
    case lists:keyfind(signed, 1, Options) of
        {signed, Signed} -> Signed;
        false -> true
    end.

put(Array, Place, Value) when is_integer(Place), Place > 0 ->
    eTs:update_element(store(), Array, {Place + 2, wrap(Array, Value)}) orelse error(badarg, [Array, Place, Value]),
    ok;
put(Array, Place, Value) ->
    error(badarg, [Array, Place, Value]).

get(Array, Place) when is_integer(Place), Place > 0 -> eTs:lookup_element(store(), Array, Place + 2);
get(Array, Place) -> error(badarg, [Array, Place]).

add(Array, Place, Increment) ->
    _ = add_get(Array, Place, Increment),
    ok.

%% Beyond 64 bits the sum starts again from the other end.
add_get(Array, Place, Increment) when is_integer(Place), Place > 0, is_integer(Increment) ->
    Sum = eTs:update_counter(store(), Array, {Place + 2, Increment}),
    case wrap(Array, Sum) of
        Sum -> Sum;
        Wrapped -> put(Array, Place, Wrapped), Wrapped
    end;
add_get(Array, Place, Increment) ->
    error(badarg, [Array, Place, Increment]).

sub(Array, Place, Decrement) -> add(Array, Place, -Decrement).
sub_get(Array, Place, Decrement) -> add_get(Array, Place, -Decrement).

exchange(Array, Place, Desired) ->
    ets_keeper:call(none, {atomic, fun() ->
        Old = get(Array, Place),
        put(Array, Place, Desired),
        Old
    end}).

compare_exchange(Array, Place, Expected, Desired) ->
    ets_keeper:call(none, {atomic, fun() ->
        case get(Array, Place) of
            Expected -> put(Array, Place, Desired);
            Actual -> Actual
        end
    end}).

info(Array) ->
    case eTs:lookup(store(), Array) of
        [Row] ->
            {Least, Most} = limits(element(2, Row)),
            #{size => tuple_size(Row) - 2, min => Least, max => Most, memory => 8 * tuple_size(Row)};
        [] ->
            error(badarg, [Array])
    end.

limits(true) -> {-(1 bsl 63), 1 bsl 63 - 1};
limits(false) -> {0, 1 bsl 64 - 1}.

wrap(Array, Value) ->
    {Least, Most} = limits(eTs:lookup_element(store(), Array, 2)),
    if
        Value >= Least, Value =< Most -> Value;
        true -> (Value - Least) band (1 bsl 64 - 1) + Least
    end.

store() -> ets_keeper:store(counters).
