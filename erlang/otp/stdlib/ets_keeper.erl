%% The process behind all tables. AtomVM's own tables hold the objects, shared by all processes, but cannot be gone
%% through; the keeper knows their keys in order, owns them, and does every change. Reading needs no message.
%% It also is where other things live that no process owns: persistent terms, counters.
-module(ets_keeper).
-export([call/2, tid/1, store/1]).

%% Native tables of the keeper's own: names to tables, and for each table what a reader must know.
-define(NAMES, ets_names).
-define(STORES, [ets_names, persistent_term, counters]).

-record(table, {tid, name, is_named, type, keypos, protection, owner, heir = none, keys = gb_trees:empty(), size = 0,
                options = []}).

%% Asks the keeper for a change; a refusal becomes an error of the caller.
call(Tab, Request) ->
    Tag = make_ref(),
    keeper() ! {Tag, self(), Tab, Request},
    receive
        {Tag, ok, Result} -> Result;
        {Tag, error, Reason} -> error(Reason)
    end.

%% The native table behind a table's name.
tid(Tab) when is_reference(Tab) -> Tab;
tid(Name) when is_atom(Name) -> eTs:lookup_element(store(?NAMES), Name, 2);
tid(_) -> error(badarg).

%% One of the keeper's own native tables.
store(Name) ->
    _ = keeper(),
    Name.

keeper() ->
    case whereis(?MODULE) of
        undefined -> start();
        Keeper -> Keeper
    end.

%% Of two that start at once, the one that got the name stays.
start() ->
    Starter = self(),
    {Keeper, Monitor} = spawn_opt(fun() ->
        try register(?MODULE, self()) of
            true ->
                [Store = eTs:new(Store, [named_table, public, set]) || Store <- ?STORES],
                Starter ! {self(), up},
                loop(#{})
        catch
            error:badarg -> ok
        end
    end, [monitor]),
    receive
        {Keeper, up} -> erlang:demonitor(Monitor, [flush]), Keeper;
        {'DOWN', Monitor, process, _, _} -> keeper()
    end.

loop(Tables) ->
    receive
        {Tag, From, Tab, Request} ->
            try handle(Request, Tab, From, Tables) of
                {Result, Next} ->
                    From ! {Tag, ok, Result},
                    loop(Next)
            catch
                error:Reason ->
                    From ! {Tag, error, reason(Reason)},
                    loop(Tables)
            end;
        {'DOWN', _, process, Owner, Reason} ->
            loop(orphan(Owner, Reason, Tables));
        _ ->
            loop(Tables)
    end.

%% Callers see the one reason that OTP's tables give.
reason({badkey, _}) -> badarg;
reason(function_clause) -> badarg;
reason(Reason) -> Reason.

handle({new, Name, Options}, _, From, Tables) ->
    new(Name, Options, From, Tables);
handle(all, _, _, Tables) ->
    {[identity(Table) || Table <- maps:values(Tables)], Tables};
handle({atomic, Work}, _, _, Tables) ->
    {Work(), Tables};
handle(Request, Tab, From, Tables) ->
    Tid = case is_atom(Tab) of true -> eTs:lookup_element(?NAMES, Tab, 2); false -> Tab end,
    Table = map_get(Tid, Tables),
    is_permitted(Request, From, Table) orelse error(badarg),
    case change(Request, Table, From) of
        {Result, gone} -> {Result, maps:remove(Tid, Tables)};
        {Result, Table} -> {Result, Tables};
        {Result, Changed} -> {Result, Tables#{Tid := Changed}}
    end.

is_permitted(_, _, #table{protection = public}) -> true;
is_permitted(_, Owner, #table{owner = Owner}) -> true;
is_permitted(_, _, #table{protection = private}) -> false;
is_permitted(Request, _, #table{protection = protected}) ->
    lists:member(if is_tuple(Request) -> element(1, Request); true -> Request end,
                 [info, keys, first, last, next, prev, find]).

identity(#table{is_named = true, name = Name}) -> Name;
identity(#table{tid = Tid}) -> Tid.

new(Name, Options, Owner, Tables) when is_atom(Name), is_list(Options) ->
    Plain = #table{name = Name, is_named = false, type = set, keypos = 1, protection = protected, owner = Owner},
    Table = lists:foldl(fun option/2, Plain, Options),
    #table{type = Type, keypos = KeyPos} = Table,
    Table#table.is_named andalso eTs:member(?NAMES, Name) andalso error(badarg),
    Native = case Type of ordered_set -> set; _ -> Type end,
    Tid = eTs:new(Name, [Native, public, {keypos, KeyPos}]),
    Table#table.is_named andalso eTs:insert(?NAMES, {Name, Tid}),
    eTs:insert(?NAMES, {Tid, Type, KeyPos}),
    _ = erlang:monitor(process, Owner),
    Made = Table#table{tid = Tid},
    {identity(Made), Tables#{Tid => Made}}.

option(Type, Table) when Type =:= set; Type =:= ordered_set; Type =:= bag; Type =:= duplicate_bag ->
    Table#table{type = Type};
option(Protection, Table) when Protection =:= public; Protection =:= protected; Protection =:= private ->
    Table#table{protection = Protection};
option(named_table, Table) -> Table#table{is_named = true};
option({keypos, Place}, Table) when is_integer(Place), Place > 0 -> Table#table{keypos = Place};
option({heir, none}, Table) -> Table#table{heir = none};
option({heir, Pid, Data}, Table) when is_pid(Pid) -> Table#table{heir = {Pid, Data}};
option({Name, _} = Option, Table) when Name =:= write_concurrency; Name =:= read_concurrency;
                                       Name =:= decentralized_counters ->
    Table#table{options = [Option | Table#table.options]};
option(compressed, Table) -> Table#table{options = [{compressed, true} | Table#table.options]}.

%% A table goes to its heir or ends with its owner.
orphan(Owner, _Reason, Tables) ->
    maps:fold(fun
        (Tid, #table{owner = Dead} = Table, Kept) when Dead =:= Owner ->
            case Table#table.heir of
                {Heir, Data} when Heir =/= Owner ->
                    case is_process_alive(Heir) of
                        true ->
                            _ = erlang:monitor(process, Heir),
                            Heir ! {'ETS-TRANSFER', identity(Table), Owner, Data},
                            Kept#{Tid => Table#table{owner = Heir, heir = none}};
                        false ->
                            drop(Table),
                            Kept
                    end;
                _ ->
                    drop(Table),
                    Kept
            end;
        (Tid, Table, Kept) ->
            Kept#{Tid => Table}
    end, #{}, Tables).

drop(#table{tid = Tid, name = Name, is_named = IsNamed}) ->
    IsNamed andalso eTs:delete(?NAMES, Name),
    eTs:delete(?NAMES, Tid),
    eTs:delete(Tid).

change(info, Table, _) -> {info(Table), Table};
change(keys, Table, _) -> {[Key || {_, {Key, _}} <- gb_trees:to_list(Table#table.keys)], Table};
change(first, #table{keys = Keys} = Table, _) -> {end_key(fun gb_trees:smallest/1, Keys), Table};
change(last, #table{type = ordered_set, keys = Keys} = Table, _) -> {end_key(fun gb_trees:largest/1, Keys), Table};
change(last, Table, From) -> change(first, Table, From);
change({next, Key}, Table, _) -> {beside(fun gb_trees:larger/2, Key, Table), Table};
change({prev, Key}, #table{type = ordered_set} = Table, _) -> {beside(fun gb_trees:smaller/2, Key, Table), Table};
change({prev, Key}, Table, From) -> change({next, Key}, Table, From);
change({find, Key}, Table, _) ->
    case gb_trees:lookup(place(Key, Table), Table#table.keys) of
        {value, {Own, _}} -> {{found, Own}, Table};
        none -> {none, Table}
    end;
change({insert, Objects}, Table, _) ->
    [is_tuple(Object) andalso tuple_size(Object) >= Table#table.keypos orelse error(badarg) || Object <- Objects],
    {true, lists:foldl(fun insert/2, Table, Objects)};
change({insert_new, Objects}, Table, From) ->
    case lists:any(fun(Object) -> is_known(element(Table#table.keypos, Object), Table) end, Objects) of
        true -> {false, Table};
        false -> change({insert, Objects}, Table, From)
    end;
change({delete_key, Key}, Table, _) -> {true, delete_key(Key, Table)};
change({take, Key}, Table, _) -> {objects(Key, Table), delete_key(Key, Table)};
change({delete_object, Object}, Table, _) -> {true, delete_object(Object, Table)};
change({delete_objects, Objects}, Table, _) ->
    Left = lists:foldl(fun delete_object/2, Table, Objects),
    {Table#table.size - Left#table.size, Left};
change({replace, Pairs}, Table, _) ->
    {length(Pairs), lists:foldl(fun({Old, New}, Rest) -> insert(New, delete_object(Old, Rest)) end, Table, Pairs)};
change(delete_all, Table, _) ->
    Count = Table#table.size,
    {Count, lists:foldl(fun({_, {Key, _}}, Left) -> delete_key(Key, Left) end, Table,
                        gb_trees:to_list(Table#table.keys))};
change({update_counter, Key, Operation, Default}, #table{keypos = Place} = Table, _) ->
    Ready = case is_known(Key, Table) of
        true -> Table;
        false -> insert(setelement(Place, Default, Key), Table)
    end,
    {eTs:update_counter(Table#table.tid, own_key(Key, Ready), Operation), Ready};
change({update_element, Key, Operation, Default}, #table{keypos = Place} = Table, _) ->
    Ready = case is_known(Key, Table) of
        true -> Table;
        false -> insert(setelement(Place, Default, Key), Table)
    end,
    {eTs:update_element(Table#table.tid, own_key(Key, Ready), Operation), Ready};
change({rename, Name}, #table{is_named = true, tid = Tid, name = Old} = Table, _) when is_atom(Name) ->
    eTs:member(?NAMES, Name) andalso error(badarg),
    eTs:delete(?NAMES, Old),
    eTs:insert(?NAMES, {Name, Tid}),
    {Name, Table#table{name = Name}};
change({rename, Name}, Table, _) when is_atom(Name) ->
    {Name, Table#table{name = Name}};
change({setopts, Options}, Table, _) ->
    {true, lists:foldl(fun({heir, _, _} = Heir, Left) -> option(Heir, Left);
                          ({heir, none} = Heir, Left) -> option(Heir, Left) end, Table, Options)};
change({give_away, Pid, Data}, #table{owner = From} = Table, From) when is_pid(Pid), Pid =/= From ->
    is_process_alive(Pid) orelse error(badarg),
    _ = erlang:monitor(process, Pid),
    Pid ! {'ETS-TRANSFER', identity(Table), From, Data},
    {true, Table#table{owner = Pid}};
change(delete, Table, _) ->
    drop(Table),
    {true, gone}.

%% Where a key stands in the order. Only ordered_set takes 1 and 1.0 for the same key.
place(Key, #table{type = ordered_set}) -> Key;
place(Key, _) -> {Key, is_float(Key)}.

is_known(Key, Table) -> gb_trees:is_defined(place(Key, Table), Table#table.keys).

%% The key as the native table holds it.
own_key(Key, #table{type = ordered_set, keys = Keys}) ->
    {Own, _} = gb_trees:get(Key, Keys),
    Own;
own_key(Key, _) -> Key.

objects(Key, Table) ->
    case is_known(Key, Table) of
        true -> eTs:lookup(Table#table.tid, own_key(Key, Table));
        false -> []
    end.

insert(Object, #table{tid = Tid, keypos = KeyPos, type = Type, keys = Keys, size = Size} = Table) ->
    Key = element(KeyPos, Object),
    Place = place(Key, Table),
    case gb_trees:lookup(Place, Keys) of
        none ->
            eTs:insert(Tid, Object),
            Table#table{keys = gb_trees:insert(Place, {Key, 1}, Keys), size = Size + 1};
        {value, {Own, _}} when Type =:= set; Type =:= ordered_set ->
            Own =:= Key orelse eTs:delete(Tid, Own),
            eTs:insert(Tid, Object),
            Table#table{keys = gb_trees:update(Place, {Key, 1}, Keys)};
        {value, {_, Before}} ->
            eTs:insert(Tid, Object),
            Now = length(eTs:lookup(Tid, Key)),
            Table#table{keys = gb_trees:update(Place, {Key, Now}, Keys), size = Size + Now - Before}
    end.

delete_key(Key, #table{tid = Tid, keys = Keys, size = Size} = Table) ->
    Place = place(Key, Table),
    case gb_trees:take_any(Place, Keys) of
        error -> Table;
        {{Own, Count}, Left} ->
            eTs:delete(Tid, Own),
            Table#table{keys = Left, size = Size - Count}
    end.

delete_object(Object, #table{keypos = KeyPos} = Table) when is_tuple(Object), tuple_size(Object) >= KeyPos ->
    Key = element(KeyPos, Object),
    Before = objects(Key, Table),
    case [Other || Other <- Before, Other =/= Object] of
        Before -> Table;
        Left -> lists:foldl(fun insert/2, delete_key(Key, Table), Left)
    end;
delete_object(_, Table) ->
    Table.

end_key(End, Keys) ->
    case gb_trees:is_empty(Keys) of
        true -> '$end_of_table';
        false -> {_, {Key, _}} = End(Keys), Key
    end.

beside(Look, Key, #table{type = Type, keys = Keys} = Table) ->
    Place = place(Key, Table),
    Type =:= ordered_set orelse gb_trees:is_defined(Place, Keys) orelse error(badarg),
    case Look(Place, Keys) of
        {_, {Beside, _}} -> Beside;
        none -> '$end_of_table'
    end.

info(#table{options = Options} = Table) ->
    Option = fun(Name) -> proplists:get_value(Name, Options, false) end,
    [{id, Table#table.tid},
     {decentralized_counters, Option(decentralized_counters)},
     {read_concurrency, Option(read_concurrency)},
     {write_concurrency, Option(write_concurrency)},
     {compressed, Option(compressed)},
     {memory, 0},
     {owner, Table#table.owner},
     {heir, case Table#table.heir of {Heir, _} -> Heir; none -> none end},
     {name, Table#table.name},
     {size, Table#table.size},
     {node, node()},
     {named_table, Table#table.is_named},
     {type, Table#table.type},
     {keypos, Table#table.keypos},
     {protection, Table#table.protection}].
