%% Aliases, and monitors with options. AtomVM sends to processes and names only, so a table that all processes share says
%% whose alias a reference is and for how long. A monitor with a tag of its own, or one that the first answer ends,
%% is held by a process of its own that tells the owner.
-module(erlang_alias).
-export([watch/3, unwatch/2, make/1, remove/1, send/2, note/1, forget/1, row/1]).

-define(TABLE, aliases).

%% Of so many new aliases one looks for those that ended without a word: their owner or whom they watched is gone.
-define(SWEEP, 1024).

%% Rows are {Alias, Owner, Kind, Target, Watcher}. An alias of the kind `none` takes no messages any more; the row of
%% the kind `asleep` has a process for its alias and says that it hibernates.
%%
%% A name on this node is watched by the name alone. One on another node is refused, as OTP does without distribution.
watch(process, {Name, Node}, Options) when erlang:is_atom(Name), Node =:= erlang:node() -> watch(process, Name, Options);
watch(Type, Item, Options) ->
    case options(Options, none, 'DOWN') of
        {none, 'DOWN'} ->
            eRlang:monitor(Type, Item);
        {Kind, 'DOWN'} when Kind =/= reply_demonitor ->
            Row = {eRlang:monitor(Type, Item), erlang:self(), Kind, target(Item), none},
            _ = is_active(Row) andalso note(Row),
            erlang:element(1, Row);
        {Kind, Tag} ->
            true = eRlang:demonitor(eRlang:monitor(Type, Item), [flush]),
            watcher(Type, Item, Kind, Tag)
    end.

options([{alias, Kind} | Options], _, Tag) when Kind =:= explicit_unalias; Kind =:= demonitor; Kind =:= reply_demonitor ->
    options(Options, Kind, Tag);
options([{tag, Tag} | Options], Kind, _) -> options(Options, Kind, Tag);
options([], Kind, Tag) -> {Kind, Tag};
options(_, _, _) -> erlang:error(badarg).

target(Name) when erlang:is_atom(Name) -> erlang:whereis(Name);
target(Item) -> Item.

%% The monitor is there when this returns, and so is its row.
watcher(Type, Item, Kind, Tag) ->
    Owner = erlang:self(),
    Alias = erlang:make_ref(),
    Watcher = erlang:spawn(fun() ->
        receive {Alias, start} -> ok end,
        Owned = eRlang:monitor(process, Owner),
        Watched = eRlang:monitor(Type, Item),
        Owner ! {Alias, started},
        receive
            {'DOWN', Owned, _, _, _} ->
                eTs:delete(?TABLE, Alias);
            {'DOWN', Watched, What, Who, Reason} ->
                ended(Alias),
                Owner ! {Tag, Alias, What, Who, Reason};
            {Alias, stop} ->
                ok;
            {Alias, stop, Asked} ->
                Owner ! {Asked, stopped}
        end
    end),
    note({Alias, Owner, Kind, target(Item), Watcher}),
    Watcher ! {Alias, start},
    receive {Alias, started} -> Alias end.

%% Whom the alias watched is gone; only one that its owner takes back itself lives on.
ended(Alias) ->
    case row(Alias) of
        [{_, _, explicit_unalias, _, _}] -> true;
        [{_, Owner, _, Target, Watcher}] -> eTs:insert(?TABLE, {Alias, Owner, none, Target, Watcher});
        [] -> true
    end.

unwatch(Monitor, Options) ->
    Self = erlang:self(),
    case row(Monitor) of
        [{_, Self, Kind, Target, Watcher}] ->
            true = case Kind of
                explicit_unalias -> eTs:insert(?TABLE, {Monitor, Self, Kind, Target, none});
                _ -> eTs:delete(?TABLE, Monitor)
            end,
            case Watcher of
                none -> native(Monitor, Options);
                _ -> stop(Monitor, Watcher, Options)
            end;
        _ ->
            native(Monitor, Options)
    end.

%% Its caller never goes on where this native, which waits for an answer of the other process, is called in last place.
%% Asked for both, it tells whether there was a message, and not whether there was still a monitor.
native(Monitor, Options) when Options =:= [flush, info]; Options =:= [info, flush] ->
    Was = native(Monitor, [info]),
    true = eRlang:demonitor(Monitor, [flush]),
    Was;
native(Monitor, Options) ->
    case eRlang:demonitor(Monitor, Options) of
        true -> true;
        false -> false
    end.

stop(Monitor, Watcher, Options) ->
    Asked = eRlang:monitor(process, Watcher),
    Watcher ! {Monitor, stop, Asked},
    WasThere = receive
        {Asked, stopped} -> eRlang:demonitor(Asked, [flush]);
        {'DOWN', Asked, _, _, _} -> false
    end,
    _ = lists:member(flush, Options) andalso receive {_, Monitor, _, _, _} -> true after 0 -> false end,
    WasThere orelse not lists:member(info, Options).

make(Options) ->
    Kind = lists:foldl(fun
        (explicit_unalias, _) -> explicit_unalias;
        (reply, _) -> reply;
        (_, _) -> erlang:error(badarg)
    end, explicit_unalias, Options),
    Alias = erlang:make_ref(),
    note({Alias, erlang:self(), Kind, none, none}),
    Alias.

remove(Alias) ->
    Self = erlang:self(),
    case row(Alias) of
        [{_, Self, _, Target, Watcher} = Row] ->
            Was = is_active(Row),
            true = case Watcher of
                none -> eTs:delete(?TABLE, Alias);
                _ -> eTs:insert(?TABLE, {Alias, Self, none, Target, Watcher})
            end,
            Was;
        _ ->
            false
    end.

%% What is sent to an alias that is none any more is lost without an error, as it is where a process has ended.
send(Alias, Message) ->
    case row(Alias) of
        [{_, _, Kind, _, _}] when Kind =:= reply; Kind =:= reply_demonitor -> once(eTs:take(?TABLE, Alias), Message);
        [{_, Owner, _, _, _} = Row] -> _ = is_active(Row) andalso (Owner ! Message);
        [] -> none
    end,
    Message.

once([{Alias, Owner, _, _, Watcher}], Message) ->
    Owner ! Message,
    Watcher =/= none andalso (Watcher ! {Alias, stop});
once([], _) ->
    none.

is_active({_, _, none, _, _}) -> false;
is_active({_, _, demonitor, Target, none}) when erlang:is_pid(Target) -> eRlang:is_process_alive(Target);
is_active({_, _, demonitor, undefined, none}) -> false;
is_active(_) -> true.

row(Alias) ->
    try eTs:lookup(?TABLE, Alias)
    catch error:badarg -> []
    end.

forget(Alias) -> eTs:delete(?TABLE, Alias).

note(Row) ->
    Table = ets_keeper:store(?TABLE),
    true = eTs:insert(Table, Row),
    case eTs:update_counter(Table, made, {2, 1}, {made, 0}) of
        Made when Made >= ?SWEEP ->
            true = eTs:insert(Table, {made, 0}),
            [eTs:delete(Table, Alias) || {Alias, Owner, _, _, Watcher} = Other <- ets_walk:all(Table),
                                         is_over(Owner, Watcher, is_active(Other))],
            ok;
        _ ->
            ok
    end.

is_over(Owner, none, IsActive) -> not (IsActive andalso eRlang:is_process_alive(Owner));
is_over(Owner, Watcher, IsActive) ->
    not (eRlang:is_process_alive(Owner) andalso (IsActive orelse eRlang:is_process_alive(Watcher))).
