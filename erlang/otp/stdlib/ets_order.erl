%% Tables in order, on AtomVM's own: a row for each object, under the key as it is compared, in which a float that is a
%% whole number is that number. Everybody reads and writes the rows. Who comes after whom only the keeper knows: from
%% the first such question on, those who write tell it which keys they touched, until there are too many to follow.
-module(ets_order).
-export([insert/2, insert_new/2, delete/2, delete_object/2, delete_objects/2, take/2, member/2, objects/2, all/1, like/2,
         slot/2, beside/2]).
-export([unknown/0, touched/2, ask/3]).

-include("ets_table.hrl").

%% So many touched keys are followed, and one more for each so many that are known.
-define(FOLLOWED, 512).
-define(SHARE, 4).

insert(Table, Objects) ->
    Rows = rows(Table, Objects),
    true = eTs:insert(Table#table.native, Rows),
    touch(Table, Rows).

insert_new(Table, Objects) ->
    Rows = rows(Table, Objects),
    eTs:insert_new(Table#table.native, Rows) andalso touch(Table, Rows).

rows(Table, Objects) when is_list(Objects) -> [row(Table, Object) || Object <- Objects];
rows(Table, Object) -> [row(Table, Object)].

row(#table{keypos = KeyPos}, Object) when is_tuple(Object), tuple_size(Object) >= KeyPos ->
    {compared(element(KeyPos, Object)), Object};
row(_, _) ->
    error(none).

delete(#table{native = Native} = Table, Key) ->
    Compared = compared(Key),
    true = eTs:delete(Native, Compared),
    touch(Table, [{Compared}]).

delete_object(Table, Object) ->
    _ = delete_objects(Table, [Object]),
    true.

%% How many of the objects were there.
delete_objects(#table{native = Native} = Table, Objects) ->
    Rows = [Row || {Compared, _} = Row <- rows(Table, Objects), ets_walk:take_object(Native, Compared, Row)],
    true = touch(Table, Rows),
    length(Rows).

take(Table, Key) ->
    Objects = objects(Table, Key),
    true = delete(Table, Key),
    Objects.

member(#table{native = Native}, Key) -> eTs:member(Native, compared(Key)).

objects(#table{native = Native}, Key) -> [Object || {_, Object} <- found(Native, compared(Key))].

found(Native, Compared) -> ets_walk:objects(Native, 1, Compared).

all(#table{native = Native}) -> in_order(ets_walk:all(Native)).

%% At least the objects that match one of the patterns (see ets_walk).
like(#table{native = Native}, Patterns) -> in_order(ets_walk:like(Native, [{{}, Pattern} || Pattern <- Patterns])).

in_order(Rows) -> [Object || {_, Object} <- lists:keysort(1, Rows)].

slot(Table, Number) when is_integer(Number), Number >= 0 ->
    Objects = all(Table),
    case length(Objects) of
        Count when Number < Count -> [lists:nth(Number + 1, Objects)];
        Number -> '$end_of_table'
    end.

%% The key at an end, or beside another. One that is gone again by now is passed over.
beside(Table, Where) ->
    Asked = case Where of
        {Which, Key} -> {Which, compared(Key)};
        End -> End
    end,
    case ets_keeper:change(Table, {order, Asked}) of
        none ->
            '$end_of_table';
        {key, Compared} ->
            case found(Table#table.native, Compared) of
                [{_, Object}] -> element(Table#table.keypos, Object);
                [] when Where =:= first; element(1, Where) =:= next -> beside(Table, {next, Compared});
                [] -> beside(Table, {prev, Compared})
            end
    end.

%% After the rows have changed: the keeper says that it follows before it looks at the rows.
touch(#table{tid = Tid}, Rows) ->
    case ets_keeper:row(Tid) of
        [#table{is_followed = true}] -> ets_keeper ! {touched, Tid, [element(1, Row) || Row <- Rows]}, true;
        _ -> true
    end.

%% Atoms and whole numbers are compared as they are.
compared(Key) when is_atom(Key); is_integer(Key); is_binary(Key); is_pid(Key); is_reference(Key) -> Key;
%% No integer of the VM is as large.
compared(Key) when is_float(Key), abs(Key) < 1.0e77 ->
    case trunc(Key) of
        Whole when Whole == Key -> Whole;
        _ -> Key
    end;
compared(Key) when is_tuple(Key) ->
    list_to_tuple([compared(Element) || Element <- tuple_to_list(Key)]);
compared([Head | Tail]) -> [compared(Head) | compared(Tail)];
%% Keys of maps are told apart as they are.
compared(Key) when is_map(Key) -> maps:map(fun(_, Value) -> compared(Value) end, Key);
compared(Key) -> Key.

%% In the keeper: {keys in order, keys touched since, how many}, or that the order is unknown.
unknown() -> unknown.

%% What the keeper knows when keys were touched; unknown where they are too many to follow.
touched(_, unknown) -> unknown;
touched(Keys, {Order, Touched, Count}) ->
    More = Count + length(Keys),
    case More > ?FOLLOWED + gb_sets:size(Order) div ?SHARE of
        true -> unknown;
        false -> {Order, Keys ++ Touched, More}
    end.

ask(Table, Where, Known) ->
    Order = followed(Table, Known),
    {answer(Where, Order), {Order, [], 0}}.

followed(#table{native = Native}, unknown) ->
    gb_sets:from_ordset(lists:usort([Compared || {Compared, _} <- ets_walk:all(Native)]));
followed(#table{native = Native}, {Order, Touched, _}) ->
    lists:foldl(fun(Key, Next) ->
        case eTs:member(Native, Key) of
            true -> gb_sets:add_element(Key, Next);
            false -> gb_sets:del_element(Key, Next)
        end
    end, Order, lists:usort(Touched)).

answer(first, Order) -> case gb_sets:is_empty(Order) of true -> none; false -> {key, gb_sets:smallest(Order)} end;
answer(last, Order) -> case gb_sets:is_empty(Order) of true -> none; false -> {key, gb_sets:largest(Order)} end;
answer({next, Key}, Order) -> case gb_sets:larger(Key, Order) of none -> none; {found, Next} -> {key, Next} end;
answer({prev, Key}, Order) -> case gb_sets:smaller(Key, Order) of none -> none; {found, Prev} -> {key, Prev} end.
