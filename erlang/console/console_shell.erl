%% Starts OTP's shell under the terminal driver, and keeps what a person can
%% type or complete from ending it.
-module(console_shell).

-export([start/1, start_in_group/0, keys/1, is_bare_prompt/1]).

-define(COMPLETION_MS, 5000).
-define(NO_COMPLETION, {no, [], []}).
%% How a terminal marks what is pasted, once asked to.
-define(PASTE_BEGINS, <<"\e[200~">>).
-define(PASTE_ENDS, <<"\e[201~">>).

%% The group leader of a new job, linked to the caller, who is its driver.
-spec start(module()) -> pid().
start(shell) ->
    group:start(self(), {?MODULE, start_in_group, []}, [{expand_fun, fun complete/2}]);
start(Module) ->
    group:start(self(), {Module, start, []}, [{expand_fun, fun complete/2}]).

%% Called by the group leader in its own process. The VM cannot look into another
%% process' dictionary, where OTP looks for the shell of a job: the driver is told.
-spec start_in_group() -> pid().
start_in_group() ->
    Shell = shell:start(),
    %% The editor asks for the result of a search before there is one.
    put(search_result, []),
    get(user_drv) ! {shell_of, self(), Shell},
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

%% What was typed or pasted, cut so that a key that ends a mode of the editor (a
%% search, a menu of completions) comes alone: the editor drops the rest of a
%% chunk there, or trips over it.
-spec keys(binary()) -> [binary()].
keys(Text) ->
    case binary:split(Text, ?PASTE_BEGINS) of
        [Typed] ->
            keys(Typed, 0, []);
        [Typed, Pasted] ->
            keys(Typed) ++ keys(untabbed(binary:replace(Pasted, ?PASTE_ENDS, <<>>)))
    end.

%% A tab in pasted code is no wish for completions.
untabbed(Pasted) ->
    binary:replace(Pasted, <<"\t">>, <<"    ">>, [global]).

keys(Text, Length, Keys) ->
    case Text of
        <<Run:Length/binary>> ->
            lists:reverse(run(Run, Keys));
        <<Run:Length/binary, C, _/binary>> when C < 32; C =:= 127 ->
            Size = key_size(binary:part(Text, Length, byte_size(Text) - Length)),
            <<_:Length/binary, Key:Size/binary, Rest/binary>> = Text,
            keys(Rest, 0, [Key | run(Run, Keys)]);
        _ ->
            keys(Text, Length + 1, Keys)
    end.

run(<<>>, Keys) -> Keys;
run(Run, Keys) -> [Run | Keys].

%% An escape sequence is one key: `ESC [ ... letter`, `ESC O letter`, `ESC key`.
key_size(<<"\e[", Rest/binary>>) -> 2 + sequence_size(Rest, 0);
key_size(<<"\eO", _, _/binary>>) -> 3;
key_size(<<"\e", C, _/binary>>) when C < 128 -> 2;
key_size(_) -> 1.

sequence_size(Rest, Size) ->
    case Rest of
        <<_:Size/binary, C, _/binary>> when C >= $@, C =< $~ -> Size + 1;
        <<_:Size/binary, _, _/binary>> -> sequence_size(Rest, Size + 1);
        _ -> Size
    end.

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
