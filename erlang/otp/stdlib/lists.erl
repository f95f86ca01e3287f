%% The native part of `lists`.
-module(lists).
-export([keyfind/3, keymember/3, keysearch/3]).

%% OTP takes 1 and 1.0 for the same key; AtomVM's natives do not, and are asked where that makes no difference.
keyfind(Key, Place, Tuples) when is_atom(Key); is_binary(Key); is_pid(Key); is_reference(Key) ->
    lIsts:keyfind(Key, Place, Tuples);
keyfind(Key, Place, Tuples) when is_integer(Key), abs(Key) < 1 bsl 53 ->
    key_number(Key, float(Key), Place, Tuples);
keyfind(Key, Place, Tuples) when is_float(Key), abs(Key) < 1.0e15 ->
    case trunc(Key) of
        Whole when Whole == Key -> key_number(Key, Whole, Place, Tuples);
        _ -> lIsts:keyfind(Key, Place, Tuples)
    end;
keyfind(Key, Place, Tuples) when is_integer(Place), Place > 0 ->
    key_equal(Key, Place, Tuples);
keyfind(Key, Place, Tuples) ->
    error(badarg, [Key, Place, Tuples]).

%% The number and its like of the other kind; where both are there, the first counts.
key_number(Key, Like, Place, Tuples) ->
    case {lIsts:keyfind(Key, Place, Tuples), lIsts:keyfind(Like, Place, Tuples)} of
        {Tuple, false} -> Tuple;
        {false, Tuple} -> Tuple;
        _ -> key_equal(Key, Place, Tuples)
    end.

key_equal(Key, Place, [Tuple | Tuples]) when is_tuple(Tuple), tuple_size(Tuple) >= Place ->
    case element(Place, Tuple) of
        Own when Own == Key -> Tuple;
        _ -> key_equal(Key, Place, Tuples)
    end;
key_equal(Key, Place, [_ | Tuples]) ->
    key_equal(Key, Place, Tuples);
key_equal(_, _, []) ->
    false;
key_equal(Key, Place, Rest) ->
    error(badarg, [Key, Place, Rest]).

keymember(Key, Place, Tuples) -> keyfind(Key, Place, Tuples) =/= false.

keysearch(Key, Place, Tuples) ->
    case keyfind(Key, Place, Tuples) of
        false -> false;
        Tuple -> {value, Tuple}
    end.
