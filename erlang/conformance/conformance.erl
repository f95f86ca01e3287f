%% Runs the cases of one suite of OTP's, the same way on a host OTP and in AtomVM: a small part of Common Test.
%% A case is named by its groups and its name, as in `sorting/keysort_1`. Every case has a process of its own, in
%% which the suite's init_per_testcase and end_per_testcase run, too.
-module(conformance).
-export([open/2, cases/1, run/3]).

%% Common Test writes its pages between two cases, and what a case has left behind comes to its end meanwhile.
-define(BETWEEN_MS, 50).

-record(session, {suite, config, groups = []}).

%% Configuration for a suite, after its init_per_suite: {ok, Session} or {error, Why}.
open(Suite, Folders) ->
    {module, Suite} = code:ensure_loaded(Suite),
    case call(Suite, init_per_suite, [Folders], Folders) of
        {ok, Config} -> {ok, #session{suite = Suite, config = Config}};
        {error, Why} -> {error, Why}
    end.

%% All cases in their order, groups unfolded.
cases(Suite) ->
    {module, Suite} = code:ensure_loaded(Suite),
    Groups = case erlang:function_exported(Suite, groups, 0) of
        true -> Suite:groups();
        false -> []
    end,
    lists:uniq(lists:flatmap(fun(Item) -> unfold(Item, [], Groups) end, Suite:all())).

unfold({group, Name}, Path, Groups) -> group(lists:keyfind(Name, 1, Groups), Path, Groups);
unfold({group, Name, _}, Path, Groups) -> unfold({group, Name}, Path, Groups);
unfold({testcase, Name, _}, Path, _Groups) -> [join(Path, Name)];
unfold({Name, _, _} = Group, Path, Groups) when is_atom(Name) -> group(Group, Path, Groups);
unfold(Name, Path, _Groups) when is_atom(Name) -> [join(Path, Name)];
unfold(_, _, _) -> [].

group({Name, _Properties, Items}, Path, Groups) ->
    lists:flatmap(fun(Item) -> unfold(Item, Path ++ [Name], Groups) end, Items);
group({Name, Items}, Path, Groups) ->
    group({Name, [], Items}, Path, Groups);
group(false, _, _) ->
    [].

join(Path, Name) ->
    lists:append(lists:join("/", [atom_to_list(Part) || Part <- Path ++ [Name]])).

%% Runs one case: {Outcome, Detail, Session}, where Outcome is passed, failed, skipped or timeout.
run(Path, LimitMs, #session{suite = Suite} = Session) ->
    receive after ?BETWEEN_MS -> ok end,
    Parts = [list_to_atom(Part) || Part <- string:lexemes(Path, "/")],
    {Groups, [Case]} = lists:split(length(Parts) - 1, Parts),
    case enter(Groups, Session) of
        {ok, Config, Entered} ->
            {Outcome, Detail} = in_process(fun() -> one(Suite, Case, Config) end, LimitMs),
            {Outcome, shown(Detail), Entered};
        {error, {skip, Why}} ->
            {skipped, shown(Why), Session};
        {error, Why} ->
            {failed, shown({init_per_group, Why}), Session}
    end.

one(Suite, Case, Config) ->
    case call_here(Suite, init_per_testcase, [Case, Config], Config) of
        {ok, Ready} ->
            Outcome = try Suite:Case(Ready) of
                {skip, Why} -> {skipped, Why};
                {skipped, Why} -> {skipped, Why};
                {failed, Why} -> {failed, Why};
                {'EXIT', Why} -> {failed, Why};
                _ -> {passed, ok}
            catch
                throw:{skip, Why} -> {skipped, Why};
                throw:{skipped, Why} -> {skipped, Why};
                exit:{skip, Why} -> {skipped, Why};
                exit:{skipped, Why} -> {skipped, Why};
                Class:Reason:Stack -> {failed, {Class, Reason, Stack}}
            end,
            ended(Outcome, call_here(Suite, end_per_testcase, [Case, Ready], ok));
        {error, {skip, Why}} ->
            {skipped, Why};
        {error, Why} ->
            {failed, {init_per_testcase, Why}}
    end.

ended({passed, ok}, {ok, {fail, Why}}) -> {failed, Why};
ended(Outcome, _) -> Outcome.

%% Leaves and enters groups on the way from the last case to this one.
enter(Groups, #session{groups = Entered} = Session) ->
    enter(Groups, lists:reverse(Entered), Session#session.config, [], Session).

enter([Name | Names], [{Name, Config} | Known], _Config, Kept, Session) ->
    enter(Names, Known, Config, [{Name, Config} | Kept], Session);
enter(Names, Left, Config, Kept, Session) ->
    _ = [call(Session#session.suite, end_per_group, [Name, Own], ok) || {Name, Own} <- lists:reverse(Left)],
    enter_new(Names, Config, Session#session{groups = Kept}).

enter_new([Name | Names], Config, #session{suite = Suite, groups = Entered} = Session) ->
    case call(Suite, init_per_group, [Name, Config], Config) of
        {ok, Own} -> enter_new(Names, Own, Session#session{groups = [{Name, Own} | Entered]});
        {error, Why} -> {error, Why}
    end;
enter_new([], Config, Session) ->
    {ok, Config, Session}.

%% A function of the suite that changes the configuration, in a process of its own.
call(Suite, Name, Arguments, Default) ->
    case in_process(fun() -> {passed, call_here(Suite, Name, Arguments, Default)} end, 60_000) of
        {passed, Result} -> Result;
        {_, Why} -> {error, {Name, Why}}
    end.

call_here(Suite, Name, Arguments, Default) ->
    case erlang:function_exported(Suite, Name, length(Arguments)) of
        true ->
            try apply(Suite, Name, Arguments) of
                {skip, Why} -> {error, {skip, Why}};
                {skipped, Why} -> {error, {skip, Why}};
                {fail, _} = Failed -> {ok, Failed};
                Result -> {ok, Result}
            catch
                Class:Reason:Stack -> {error, {Name, {Class, Reason, Stack}}}
            end;
        false ->
            {ok, Default}
    end.

%% Output of the case goes nowhere; the process is told apart from what it starts by its exit.
in_process(Work, LimitMs) ->
    Sink = spawn(fun conformance_io:loop/0),
    {Pid, Monitor} = spawn_monitor(fun() ->
        group_leader(Sink, self()),
        exit({?MODULE, Work()})
    end),
    Result = receive
        {'DOWN', Monitor, process, Pid, {?MODULE, Outcome}} -> Outcome;
        {'DOWN', Monitor, process, Pid, Reason} -> {failed, {exit, Reason, []}}
    after LimitMs ->
        exit(Pid, kill),
        {timeout, LimitMs}
    end,
    exit(Sink, kill),
    Result.

%% The first of what is to be said about a failure: a message may hold a whole table.
shown(Term) ->
    Text = lists:flatten(io_lib:format("~0tP", [Term, 30])),
    lists:sublist(Text, 600).
