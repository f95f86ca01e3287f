%% The jobs of the terminal, as OTP's terminal driver keeps them: which group leaders there are, which one has the
%% keys, and what a command typed behind Ctrl-G asks for, in OTP's own words. Pure.
-module(console_jobs).

-export([new/0, add/3, current/1, find/2, switch/2, replace/3, delete/2, list/1, command/2, help/0]).

-record(jobs, {next = 1 :: pos_integer(),
               current = none :: none | pos_integer(),
               all = [] :: [{pos_integer(), pid(), shell()}]}).

%% What was started, as OTP lists it.
-type shell() :: {module(), start, []}.
-opaque jobs() :: #jobs{}.
-type wish() :: {connect, pos_integer()}
              | {interrupt, pid()}
              | {kill, pid()}
              | {start, module()}
              | quit
              | {say, unicode:chardata()}.
-export_type([jobs/0, wish/0]).

-spec new() -> jobs().
new() ->
    #jobs{}.

%% Adds a job, which gets the keys.
-spec add(pid(), shell(), jobs()) -> jobs().
add(Group, Shell, #jobs{next = Next, all = All} = Jobs) ->
    Jobs#jobs{next = Next + 1, current = Next, all = All ++ [{Next, Group, Shell}]}.

-spec current(jobs()) -> none | pid().
current(#jobs{current = Number, all = All}) ->
    case lists:keyfind(Number, 1, All) of
        {_, Group, _} -> Group;
        false -> none
    end.

-spec find(pid(), jobs()) -> none | {pos_integer(), shell()}.
find(Group, #jobs{all = All}) ->
    case lists:keyfind(Group, 2, All) of
        {Number, _, Shell} -> {Number, Shell};
        false -> none
    end.

-spec switch(pos_integer(), jobs()) -> jobs().
switch(Number, Jobs) ->
    Jobs#jobs{current = Number}.

%% Another group leader in the place of one that died.
-spec replace(pos_integer(), pid(), jobs()) -> jobs().
replace(Number, Group, #jobs{all = All} = Jobs) ->
    {_, _, Shell} = lists:keyfind(Number, 1, All),
    Jobs#jobs{all = lists:keyreplace(Number, 1, All, {Number, Group, Shell})}.

-spec delete(pid(), jobs()) -> jobs().
delete(Group, #jobs{all = All} = Jobs) ->
    Jobs#jobs{all = lists:keydelete(Group, 2, All)}.

-spec list(jobs()) -> unicode:chardata().
list(#jobs{current = Current, all = All}) ->
    [io_lib:format("~4w~.1ts ~w\n", [Number, ["*" || Number =:= Current], Shell])
     || {Number, _, Shell} <- All].

-spec help() -> unicode:chardata().
help() ->
    "  c [nn]            - connect to job\n"
    "  i [nn]            - interrupt job\n"
    "  k [nn]            - kill job\n"
    "  j                 - list all jobs\n"
    "  s [shell]         - start local shell\n"
    "  r [node [shell]]  - start remote shell\n"
    "  q                 - quit erlang\n"
    "  ? | h             - this message\n".

%% What a line asks for.
-spec command(string(), jobs()) -> wish().
command(Line, Jobs) ->
    case erl_scan:string(Line) of
        {ok, Tokens, _} -> wish([element(3, Token) || Token <- Tokens, tuple_size(Token) =:= 3]
                                ++ [element(1, Token) || Token <- Tokens, tuple_size(Token) =:= 2], Jobs);
        {error, _, _} -> {say, "Illegal input\n"}
    end.

wish([], _) -> {say, ""};
wish([Key], #jobs{current = Current} = Jobs) when Key =:= c; Key =:= i; Key =:= k -> wish([Key, Current], Jobs);
wish([c, Number], Jobs) -> with_job(Number, Jobs, fun(_) -> {connect, Number} end);
wish([i, Number], Jobs) -> with_job(Number, Jobs, fun(Group) -> {interrupt, Group} end);
wish([k, Number], Jobs) -> with_job(Number, Jobs, fun(Group) -> {kill, Group} end);
wish([j], Jobs) -> {say, list(Jobs)};
wish([s], _) -> {start, shell};
wish([s, Shell], _) when is_atom(Shell) -> {start, Shell};
wish([r | _], _) -> {say, "Node is not alive\n"};
wish([q], _) -> quit;
wish([h], _) -> {say, help()};
wish(['?'], _) -> {say, help()};
wish(_, _) -> {say, "Unknown command\n"}.

with_job(Number, #jobs{all = All}, Wish) ->
    case lists:keyfind(Number, 1, All) of
        {_, Group, _} -> Wish(Group);
        false -> {say, "Unknown job\n"}
    end.
