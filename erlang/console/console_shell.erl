%% Starts OTP's shell under the terminal driver, and keeps what a person can
%% type or complete from ending it.
-module(console_shell).

-export([start/0, start_in_group/0, allowed_keys/1, is_bare_prompt/1]).

%% What OTP's shell, group leader and evaluator find each other by: the VM
%% cannot look into another process' dictionary, as `group:whereis_shell/0` does.
-define(SHELL, shell).
-define(COMPLETION_MS, 5000).
-define(NO_COMPLETION, {no, [], []}).

%% The group leader of a new shell, linked to the caller, who is its driver.
-spec start() -> pid().
start() ->
    group:start(self(), {?MODULE, start_in_group, []}, [{expand_fun, fun complete/2}]).

%% Called by the group leader in its own process.
-spec start_in_group() -> pid().
start_in_group() ->
    %% `true`: no job control behind Ctrl-G.
    Shell = shell:start(true),
    catch unregister(?SHELL),
    true = register(?SHELL, Shell),
    Shell.

%% Completion looks into modules, records and bindings: whatever goes wrong
%% there ends with no completion, and not with the shell.
complete(Before, Options) ->
    Group = self(),
    {Worker, Monitor} = erlang:spawn_opt(fun() ->
        Group ! {completed, self(), try_complete(Before, Options)}
    end, [monitor]),
    receive
        {completed, Worker, Completion} ->
            demonitor(Monitor, [flush]),
            Completion;
        {'DOWN', Monitor, process, Worker, _Reason} ->
            ?NO_COMPLETION
    after ?COMPLETION_MS ->
        demonitor(Monitor, [flush]),
        exit(Worker, kill),
        ?NO_COMPLETION
    end.

%% The group leader formats the matches itself, unprotected, so it is tried here.
try_complete(Before, Options) ->
    {_, _, Matches} = Completion = edlin_expand:expand(Before, Options),
    _ = Matches =:= [] orelse edlin_expand:format_matches(Matches, 80),
    Completion.

%% Keys whose commands need what does not exist here: help from documentation
%% chunks (Alt-H) would end the group leader.
-spec allowed_keys(binary()) -> binary().
allowed_keys(Text) ->
    binary:replace(Text, <<"\eh">>, <<>>, [global]).

%% Whose prompt it is that nothing has been typed behind yet: that of the
%% shell, "12> ", or one a program reads with.
-spec is_bare_prompt(string() | none) -> shell | program | other.
is_bare_prompt(none) ->
    other;
is_bare_prompt(Line) ->
    case lists:splitwith(fun(C) -> C >= $0 andalso C =< $9 end, Line) of
        {[_ | _], "> "} -> shell;
        {[_ | _], "> " ++ _Typed} -> other;
        _ -> program
    end.
