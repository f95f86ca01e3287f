%% Ways through AtomVM's own tables, as far as the VM knows them: it answers a lookup of `{}` with every object, of
%% `{{}}` with an empty list for each, and of longer tuples that begin so with the objects of some of its chains, or with
%% those that can match patterns. A person's own keys of that shape are found among all objects. Knows nothing of owners
%% and options.
-module(ets_walk).
-export([can/0, is_plain/1, objects/3, delete_objects/4, take_object/3, all/1, like/2, size/1, first/2, next/3, slot/2, stats/1,
         colliding/2]).

-define(CHAINS, 1024).

%% Does this VM know the ways?
can() ->
    Probe = eTs:new(?MODULE, [set, public]),
    true = eTs:insert(Probe, {probe}),
    Can = all(Probe) =/= [] andalso like(Probe, [{}]) =/= [],
    true = eTs:delete(Probe),
    Can.

is_plain({}) -> false;
is_plain(Key) when element(1, Key) =:= {} -> false;
is_plain(_) -> true.

objects(Native, KeyPos, Key) ->
    case is_plain(Key) of
        true -> eTs:lookup(Native, Key);
        false -> [Object || Object <- all(Native), element(KeyPos, Object) =:= Key]
    end.

%% How many objects are gone by this: of two who delete the same one counts it. In a bag, where a key may have others,
%% it is looked at first.
delete_objects(Native, KeyPos, set, Objects) ->
    length([Object || Object <- Objects, take_object(Native, element(KeyPos, Object), Object)]);
delete_objects(Native, KeyPos, _, Objects) ->
    There = [Object || Object <- Objects, lists:member(Object, objects(Native, KeyPos, element(KeyPos, Object)))],
    lists:foreach(fun(Object) -> eTs:delete_object(Native, Object) end, There),
    length(There).

%% Takes an object out if it is there as it is; whatever has replaced it meanwhile is put back.
take_object(Native, Key, Object) ->
    Taken = case is_plain(Key) of
        true -> eTs:take(Native, Key);
        false -> case eTs:member(Native, Key) of true -> eTs:delete(Native, Key), [Object]; false -> [] end
    end,
    _ = Taken =/= [] andalso Taken =/= [Object] andalso eTs:insert_new(Native, Taken),
    Taken =:= [Object].

all(Native) -> eTs:lookup(Native, {}).

%% At least the objects that match one of the patterns, in which `{}` stands for anything.
like(Native, Patterns) -> eTs:lookup(Native, {{}, Patterns, 3, 4, 5}).

size(Native) -> length(eTs:lookup(Native, {{}})).

slot(Native, Number) when is_integer(Number), Number >= 0, Number < ?CHAINS -> eTs:lookup(Native, {{}, Number, 3, 4});
slot(_, ?CHAINS) -> '$end_of_table';
slot(_, _) -> error(none).

%% The order within a chain is that of the keys, so that one which is gone still has a next.
first(Native, KeyPos) ->
    smallest(KeyPos, eTs:lookup(Native, {{}, 2, 3})).

next(Native, KeyPos, Key) ->
    {Next, [[] | Own]} = lists:splitwith(fun is_tuple/1, eTs:lookup(Native, {{}, Key})),
    case behind(Key, keys(KeyPos, Own)) of
        [Beside | _] -> Beside;
        [] -> smallest(KeyPos, Next)
    end.

smallest(KeyPos, Objects) ->
    case keys(KeyPos, [Object || Object <- Objects, Object =/= []]) of
        [Key | _] -> Key;
        [] -> '$end_of_table'
    end.

keys(KeyPos, Objects) -> lists:uniq(lists:sort([element(KeyPos, Object) || Object <- Objects])).

behind(Key, Keys) ->
    case lists:dropwhile(fun(Other) -> Other =/= Key end, Keys) of
        [Key | Rest] -> Rest;
        [] -> [Other || Other <- Keys, Other > Key]
    end.

%% Chains, their average length, its deviation, the deviation that chance gives, the shortest, the longest, and how
%% many objects that are gone are kept.
stats(Native) ->
    Lengths = [length(slot(Native, Number)) || Number <- lists:seq(0, ?CHAINS - 1)],
    Average = lists:sum(Lengths) / ?CHAINS,
    Squares = lists:sum([(Length - Average) * (Length - Average) || Length <- Lengths]),
    {?CHAINS, Average, math:sqrt(Squares / ?CHAINS), math:sqrt(Average * (1 - 1 / ?CHAINS)), lists:min(Lengths),
     lists:max(Lengths), 0}.

%% So many names that stand in the chain of this one, whatever the table.
colliding(Name, Count) ->
    Probe = eTs:new(?MODULE, [set, public]),
    true = eTs:insert(Probe, {Name}),
    Found = colliding(Probe, Name, Count, 0),
    true = eTs:delete(Probe),
    Found.

colliding(Probe, Name, Count, From) ->
    true = eTs:insert(Probe, [{list_to_atom("am" ++ integer_to_list(Number))} || Number <- lists:seq(From, From + ?CHAINS - 1)]),
    {_, [[] | Own]} = lists:splitwith(fun is_tuple/1, eTs:lookup(Probe, {{}, Name})),
    case [Other || {Other} <- Own, Other =/= Name] of
        Others when length(Others) >= Count -> lists:sublist(Others, Count);
        _ -> colliding(Probe, Name, Count, From + ?CHAINS)
    end.
