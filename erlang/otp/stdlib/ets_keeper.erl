%% The process behind all tables: it owns them, knows who may do what, hands them on, and ends them. Where AtomVM can
%% go through a table, everybody reads and writes the table itself; of any other the keeper has the keys, and does
%% every change. It also is where other things live that no process owns: persistent terms, counters,
%% aliases.
-module(ets_keeper).
-export([call/2, change/2, row/1, is_gone/1, store/1, reason/1, cause/1]).

-include("ets_table.hrl").

%% Native tables of the keeper's own: what there is of each table by its name and its identifier, and others' stores.
-define(NAMES, ets_names).
-define(STORES, [ets_names, persistent_term, counters, aliases]).

%% So many tables that ended are remembered, so that their identifiers are told from references that never were one.
%% In the table of names stand, under numbers, which one was remembered in which place, the place last used, and the
%% newest identifier that was forgotten again: references are numbered as they are made.
-define(REMEMBERED, 256).
-define(LAST_PLACE, 0).
-define(FORGOTTEN, -1).

%% A table whose objects were all deleted at once may still be in use for a moment.
-define(LATE_MS, 200).

%% What the keeper knows beyond the row that everybody sees.
-record(held, {table, index = none, heir = none, options = [], fixers = gb_trees:empty(), fixed_at = none}).

%% Asks the keeper for a change; a refusal becomes an error of the caller.
call(Tid, Request) ->
    Tag = make_ref(),
    keeper() ! {Tag, self(), Tid, Request},
    receive
        {Tag, ok, Result} -> Result;
        {Tag, error, Reason} -> error(Reason)
    end.

change(#table{tid = Tid}, Request) -> call(Tid, Request).

%% What everybody may know of a table: [Table], or [] where there is none of that name or identifier.
row(Tab) ->
    try [Table || {_, #table{} = Table} <- eTs:lookup(?NAMES, Tab)]
    catch error:badarg -> []
    end.

%% Was this reference a table? What is older than the newest that was forgotten may have been one.
is_gone(Tid) ->
    try eTs:lookup(?NAMES, Tid) =/= [] orelse [Tid =< Newest || {_, Newest} <- eTs:lookup(?NAMES, ?FORGOTTEN)] =:= [true]
    catch error:badarg -> false
    end.

%% One of the keeper's own native tables.
store(Name) ->
    _ = keeper(),
    Name.

%% Callers see the one reason that OTP's tables give, and why only in its explanation.
reason(system_limit) -> system_limit;
reason(_) -> badarg.

cause(Why) when Why =:= id; Why =:= type; Why =:= access; Why =:= badkey; Why =:= position; Why =:= keypos;
                Why =:= owner; Why =:= not_owner; Why =:= already_exists; Why =:= table_type -> Why;
cause(_) -> none.

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
                loop(#{}, ets_walk:can())
        catch
            error:badarg -> ok
        end
    end, [monitor]),
    receive
        {Keeper, up} -> erlang:demonitor(Monitor, [flush]), Keeper;
        {'DOWN', Monitor, process, _, _} -> keeper()
    end.

loop(Tables, CanWalk) ->
    receive
        {Tag, From, Tid, Request} ->
            try handle(Request, Tid, From, Tables, CanWalk) of
                {Result, Next} ->
                    From ! {Tag, ok, Result},
                    loop(Next, CanWalk)
            catch
                error:Reason ->
                    From ! {Tag, error, Reason},
                    loop(Tables, CanWalk)
            end;
        {'DOWN', _, process, Pid, _} ->
            loop(ended(Pid, Tables), CanWalk);
        {touched, Tid, Keys} ->
            loop(touched(Tid, Keys, Tables), CanWalk);
        {discard, Native} ->
            eTs:delete(Native),
            loop(Tables, CanWalk);
        _ ->
            loop(Tables, CanWalk)
    end.

handle({new, Name, Options}, _, From, Tables, CanWalk) ->
    new(Name, Options, From, Tables, CanWalk);
handle(all, _, _, Tables, _) ->
    {[Table#table.tab || #held{table = Table} <- maps:values(Tables)], Tables};
handle({ended, Pid}, _, _, Tables, _) ->
    {true, ended(Pid, Tables)};
handle({atomic, Work}, _, _, Tables, _) ->
    {Work(), Tables};
handle(Request, Tid, From, Tables, _) ->
    case Tables of
        #{Tid := Held} ->
            case change(Request, Held, From) of
                {Result, gone} -> {Result, maps:remove(Tid, Tables)};
                {Result, Held} -> {Result, Tables};
                {Result, Changed} -> {Result, Tables#{Tid := Changed}}
            end;
        #{} ->
            error(id)
    end.

new(Name, Options, Owner, Tables, CanWalk) when is_atom(Name), is_list(Options) ->
    Plain = #table{tab = none, kind = walked, type = set, keypos = 1, protection = protected, owner = Owner, name = Name},
    #held{table = Table, options = Given} = Held = lists:foldl(fun option/2, #held{table = Plain}, Options),
    Told = ets_concurrency:told(Given, Table#table.type, Table#table.protection),
    IsNamed = Table#table.tab =:= Name,
    Before = case row(Name) of
        [#table{owner = Other}] when IsNamed -> eRlang:is_process_alive(Other) andalso error(already_exists), ended(Other, Tables);
        _ -> Tables
    end,
    Kind = case Table#table.type of
        _ when not CanWalk -> kept;
        ordered_set -> ordered;
        _ -> walked
    end,
    Native = native(Table#table{kind = Kind}),
    Tab = case IsNamed of true -> Name; false -> Native end,
    Made = show(Table#table{tab = Tab, native = Native, kind = Kind, tid = Native}),
    _ = erlang:monitor(process, Owner),
    {Tab, Before#{Native => Held#held{table = Made, index = index(Kind), options = Told}}};
new(_, _, _, _, _) ->
    error(none).

native(#table{name = Name, kind = ordered}) -> eTs:new(Name, [set, public]);
native(#table{name = Name, type = ordered_set} = Table) -> native(Table#table{name = Name, type = set});
native(#table{name = Name, type = Type, keypos = KeyPos}) -> eTs:new(Name, [Type, public, {keypos, KeyPos}]).

index(ordered) -> ets_order:unknown();
index(_) -> ets_index:new().

%% Puts what changed where everybody sees it.
show(#table{tab = Tab, tid = Tid} = Table) ->
    true = eTs:insert(?NAMES, [{Name, Table} || Name <- lists:usort([Tab, Tid])]),
    Table.

hide(#table{tab = Tab, tid = Tid}) ->
    true = eTs:delete(?NAMES, Tab),
    Place = case eTs:lookup(?NAMES, ?LAST_PLACE) of
        [{_, Last}] -> Last rem ?REMEMBERED + 1;
        [] -> 1
    end,
    _ = [forget(Old) || {_, Old} <- eTs:lookup(?NAMES, Place)],
    true = eTs:insert(?NAMES, [{?LAST_PLACE, Place}, {Place, Tid}, {Tid, gone}]).

forget(Tid) ->
    Newest = lists:max([Tid | [Before || {_, Before} <- eTs:lookup(?NAMES, ?FORGOTTEN)]]),
    true = eTs:insert(?NAMES, {?FORGOTTEN, Newest}),
    true = eTs:delete(?NAMES, Tid).

option(Type, #held{table = Table} = Held) when Type =:= set; Type =:= ordered_set; Type =:= bag; Type =:= duplicate_bag ->
    Held#held{table = Table#table{type = Type}};
option(Protection, #held{table = Table} = Held)
        when Protection =:= public; Protection =:= protected; Protection =:= private ->
    Held#held{table = Table#table{protection = Protection}};
option(named_table, #held{table = Table} = Held) -> Held#held{table = Table#table{tab = Table#table.name}};
option({keypos, Place}, #held{table = Table} = Held) when is_integer(Place), Place > 0 ->
    Held#held{table = Table#table{keypos = Place}};
option({heir, none}, Held) -> Held#held{heir = none};
option({heir, Pid, Data}, Held) when is_pid(Pid) -> Held#held{heir = {Pid, Data}};
option({write_concurrency, How}, Held) -> set(write_concurrency, ets_concurrency:checked(How), Held);
option({Name, Is}, Held) when Name =:= read_concurrency, is_boolean(Is); Name =:= decentralized_counters, is_boolean(Is) ->
    set(Name, Is, Held);
option(compressed, Held) -> set(compressed, true, Held);
option(_, _) -> error(none).

set(Name, Value, #held{options = Options} = Held) -> Held#held{options = [{Name, Value} | Options]}.

%% A table that changed too much is followed no longer.
touched(Tid, Keys, Tables) ->
    case Tables of
        #{Tid := #held{table = #table{is_followed = true} = Table, index = Index} = Held} ->
            Next = ets_order:touched(Keys, Index),
            IsFollowed = Next =/= ets_order:unknown(),
            Told = case IsFollowed of true -> Table; false -> show(Table#table{is_followed = false}) end,
            Tables#{Tid := Held#held{table = Told, index = Next}};
        #{} ->
            Tables
    end.

%% A table goes to its heir or ends with its owner; whoever held it still does so no longer.
ended(Pid, Tables) ->
    maps:filtermap(fun
        (_, #held{table = #table{owner = Owner}} = Held) when Owner =:= Pid -> inherited(Held);
        (_, #held{fixers = Fixers} = Held) ->
            case gb_trees:is_defined(Pid, Fixers) of
                true -> {true, fixed(gb_trees:delete(Pid, Fixers), Held)};
                false -> true
            end
    end, Tables).

inherited(#held{table = #table{tab = Tab, owner = Owner} = Table, heir = {Heir, Data}} = Held) when Heir =/= Owner ->
    case eRlang:is_process_alive(Heir) of
        true ->
            Given = given(Table, Heir),
            Heir ! {'ETS-TRANSFER', Tab, Owner, Data},
            {true, Held#held{table = Given}};
        false ->
            drop(Table)
    end;
inherited(#held{table = Table}) ->
    drop(Table).

given(Table, Pid) ->
    _ = erlang:monitor(process, Pid),
    show(Table#table{owner = Pid}).

drop(#table{native = Native} = Table) ->
    true = hide(Table),
    true = eTs:delete(Native),
    false.

%% Everybody has to see only whether somebody holds the table still.
fixed(Fixers, #held{table = #table{fixes = Before} = Table, fixed_at = Since} = Held) ->
    Held#held{fixers = Fixers, table = case min(1, gb_trees:size(Fixers)) of
        Before -> Table;
        Fixes -> show(Table#table{fixes = Fixes})
    end, fixed_at = case gb_trees:size(Fixers) of
        0 -> none;
        _ when Since =:= none -> {erlang:monotonic_time(), erlang:timestamp()};
        _ -> Since
    end}.

change(delete, #held{table = Table}, _) ->
    false = drop(Table),
    {true, gone};
change(delete_all, #held{table = #table{native = Old} = Table, index = Index} = Held, _) ->
    Count = case Table of
        #table{kind = kept} -> ets_index:size(Index);
        _ -> ets_walk:size(Old)
    end,
    Keeper = self(),
    Emptied = show(Table#table{native = native(Table), is_followed = false}),
    _ = spawn(fun() -> receive after ?LATE_MS -> Keeper ! {discard, Old} end end),
    {Count, Held#held{table = Emptied, index = index(Table#table.kind)}};
change({rename, Name}, #held{table = #table{tab = Tab, tid = Tid} = Table} = Held, _) when is_atom(Name) ->
    IsNamed = Tab =/= Tid,
    IsNamed andalso row(Name) =/= [] andalso error(none),
    IsNamed andalso eTs:delete(?NAMES, Tab),
    Renamed = Table#table{name = Name, tab = case IsNamed of true -> Name; false -> Tab end},
    {Renamed#table.tab, Held#held{table = show(Renamed)}};
change({setopts, Options}, #held{table = #table{owner = From}} = Held, From) ->
    #held{table = Table} = Changed = lists:foldl(fun setting/2, Held, Options),
    _ = show(Table),
    {true, Changed};
change({setopts, _}, _, _) ->
    error(not_owner);
change({give_away, Pid, Data}, #held{table = #table{tab = Tab, owner = From} = Table} = Held, From)
        when is_pid(Pid), Pid =/= From ->
    eRlang:is_process_alive(Pid) orelse error(none),
    Given = given(Table, Pid),
    Pid ! {'ETS-TRANSFER', Tab, From, Data},
    {true, Held#held{table = Given}};
change({give_away, Pid, _}, #held{table = #table{owner = From}}, From) ->
    error(case Pid of From -> owner; _ -> none end);
change({give_away, _, _}, _, _) ->
    error(not_owner);
change({fix, true}, #held{fixers = Fixers} = Held, From) ->
    {true, fixed(case gb_trees:lookup(From, Fixers) of
        {value, Count} -> gb_trees:update(From, Count + 1, Fixers);
        none -> _ = erlang:monitor(process, From), gb_trees:insert(From, 1, Fixers)
    end, Held)};
change({fix, false}, #held{fixers = Fixers} = Held, From) ->
    {true, fixed(case gb_trees:lookup(From, Fixers) of
        {value, 1} -> gb_trees:delete(From, Fixers);
        {value, Count} -> gb_trees:update(From, Count - 1, Fixers);
        none -> Fixers
    end, Held)};
change({fix, _}, _, _) ->
    error(none);
change({info, Item}, Held, _) -> {info(Item, Held), Held};
change({order, _} = Request, #held{table = #table{is_followed = false} = Table} = Held, From) ->
    change(Request, Held#held{table = show(Table#table{is_followed = true})}, From);
change(Request, #held{table = Table, index = Index} = Held, _) ->
    {Result, Next} = ets_change:change(Request, Table, Index),
    {Result, Held#held{index = Next}}.

%% What can be changed of a table that is there.
setting({heir, none} = Heir, Held) -> option(Heir, Held);
setting({heir, _, _} = Heir, Held) -> option(Heir, Held);
setting({protection, Protection}, Held) when Protection =:= public; Protection =:= protected; Protection =:= private ->
    option(Protection, Held).

info(size, #held{index = Index}) -> ets_index:size(Index);
%% Beside its rows, where everybody can count those.
info(memory, #held{table = #table{kind = kept} = Table, index = Index}) -> ets_memory:words(Table, Index);
info(memory, #held{index = Index}) -> erts_debug:flat_size(Index);
info(heir, #held{heir = {Heir, _}}) -> Heir;
info(heir, _) -> none;
info(Option, #held{options = Options}) when Option =:= decentralized_counters; Option =:= read_concurrency;
                                            Option =:= write_concurrency; Option =:= compressed ->
    proplists:get_value(Option, Options, false);
info(safe_fixed_monotonic_time, #held{fixed_at = {Monotonic, _}, fixers = Fixers}) -> {Monotonic, gb_trees:to_list(Fixers)};
info(safe_fixed, #held{fixed_at = {_, Time}, fixers = Fixers}) -> {Time, gb_trees:to_list(Fixers)};
info(Item, _) when Item =:= safe_fixed_monotonic_time; Item =:= safe_fixed; Item =:= stats -> false;
info(_, _) -> error(none).
