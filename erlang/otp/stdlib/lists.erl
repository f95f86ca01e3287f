%% The native part of `lists`.
-module(lists).
-export([flatten/1, keyfind/3, keymember/3, keysearch/3, member/2, reverse/2]).

%% The native calls what is no list a bad argument; in OTP no clause takes it.
flatten(List) when is_list(List) -> lIsts:flatten(List).

%% The natives leave no frame of their own in an error.
member(Element, List) ->
    try lIsts:member(Element, List) catch error:_ -> refused(member, [Element, List]) end.

reverse(List, Tail) ->
    try lIsts:reverse(List, Tail) catch error:_ -> refused(reverse, [List, Tail]) end.

keyfind(Key, Place, Tuples) ->
    try key_found(Key, Place, Tuples) catch error:_ -> refused(keyfind, [Key, Place, Tuples]) end.

keymember(Key, Place, Tuples) ->
    try key_found(Key, Place, Tuples) =/= false catch error:_ -> refused(keymember, [Key, Place, Tuples]) end.

keysearch(Key, Place, Tuples) ->
    try key_found(Key, Place, Tuples) of
        false -> false;
        Tuple -> {value, Tuple}
    catch
        error:_ -> refused(keysearch, [Key, Place, Tuples])
    end.

refused(Name, Arguments) ->
    erlang_raise:error(badarg, Arguments, [{error_info, #{module => erl_stdlib_errors}}], {lists, Name, length(Arguments)}).

%% OTP takes 1 and 1.0 for the same key; AtomVM's natives do not, and are asked where that makes no difference.
key_found(Key, Place, Tuples) when is_atom(Key); is_binary(Key); is_pid(Key); is_reference(Key) ->
    lIsts:keyfind(Key, Place, Tuples);
key_found(Key, Place, Tuples) when is_integer(Key), abs(Key) < 1 bsl 53 ->
    key_number(Key, float(Key), Place, Tuples);
key_found(Key, Place, Tuples) when is_float(Key), abs(Key) < 1.0e15 ->
    case trunc(Key) of
        Whole when Whole == Key -> key_number(Key, Whole, Place, Tuples);
        _ -> lIsts:keyfind(Key, Place, Tuples)
    end;
key_found(Key, Place, Tuples) when is_integer(Place), Place > 0 ->
    key_equal(Key, Place, Tuples).

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
    false.
