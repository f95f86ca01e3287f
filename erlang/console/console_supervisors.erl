%% The supervision tree. Every supervisor is asked side by side and with a time
%% limit: one that is stuck is shown as such and holds up nobody.
-module(console_supervisors).

-export([tree/0]).

-define(ANSWER_MS, 250).
-define(ASKED, 100).
-define(DEPTH, 16).
-define(NODES, 300).

%% The supervisors that nobody supervises, with all under them.
-spec tree() -> map().
tree() ->
    Known = lists:sort(supervisor_keeper:all()),
    Asked = [Pid || {Pid, _} <- lists:sublist(Known, ?ASKED)],
    Answers = console_errand:all([fun() -> children(Pid) end || Pid <- Asked], ?ANSWER_MS),
    Children = maps:from_list(lists:zip(Asked, Answers)),
    Below = [Child || {ok, Of} <- Answers, {_, Child, supervisor, _} <- Of],
    {Nodes, Left} = nodes([{Pid, supervisor, null} || Pid <- Asked -- Below],
                          ?DEPTH, {maps:from_list(Known), Children}, ?NODES),
    #{nodes => Nodes, is_cut => Left =< 0 orelse length(Known) > ?ASKED}.

children(Pid) ->
    gen_server:call(Pid, which_children, ?ANSWER_MS).

nodes([], _Depth, _Tree, Left) ->
    {[], Left};
nodes(_Children, Depth, _Tree, Left) when Depth =:= 0; Left =< 0 ->
    {[], 0};
nodes([Child | Rest], Depth, Tree, Left) ->
    {Node, Less} = node(Child, Depth, Tree, Left - 1),
    {Nodes, Least} = nodes(Rest, Depth, Tree, Less),
    {[Node | Nodes], Least}.

node({Pid, Type, Id}, Depth, {Modules, Children} = Tree, Left) when is_pid(Pid) ->
    Node = #{pid => console_processes:pid(Pid), id => Id, type => Type,
             name => name(Pid), module => module(Pid, Modules)},
    case Children of
        #{Pid := {ok, Of}} ->
            %% A supervisor lists its children the other way round.
            Below = [{Child, Kind, shown(Name)} || {Name, Child, Kind, _} <- lists:reverse(Of)],
            {Nodes, Less} = nodes(Below, Depth - 1, Tree, Left),
            {Node#{state => running, children => Nodes}, Less};
        #{Pid := _} ->
            {Node#{state => silent, children => []}, Left};
        #{} ->
            {Node#{state => running, children => []}, Left}
    end;
node({restarting, Type, Id}, _Depth, _Tree, Left) ->
    {absent(restarting, Type, Id), Left};
node({undefined, Type, Id}, _Depth, _Tree, Left) ->
    {absent(stopped, Type, Id), Left}.

absent(State, Type, Id) ->
    #{pid => null, id => Id, type => Type, name => null, module => null, state => State, children => []}.

name(Pid) ->
    case console_processes:name(Pid) of
        none -> null;
        Name -> atom_to_binary(Name)
    end.

module(Pid, Modules) ->
    case Modules of
        #{Pid := Module} -> atom_to_binary(Module);
        #{} -> null
    end.

shown(undefined) -> null;
shown(Id) -> console_format:value(Id, 100).
