%% title: A door that is a gen_statem
%% about: A state machine with a code lock: it opens for the right digits, locks
%%        itself again after a while, and counts wrong tries.
%% run: door:start().
-module(door).
-behaviour(gen_statem).

-export([start/0]).
-export([init/1, callback_mode/0, locked/3, open/3]).

-record(door, {code, typed = [], wrong = 0}).

start() ->
    {ok, Door} = gen_statem:start_link(?MODULE, [1, 2, 3], []),
    io:format("typing 9 9 9: ~w~n", [type(Door, [9, 9, 9])]),
    io:format("typing 1 2 3: ~w~n", [type(Door, [1, 2, 3])]),
    timer:sleep(150),
    {State, #door{wrong = Wrong}} = sys:get_state(Door),
    gen_statem:stop(Door),
    {later, State, wrong_tries, Wrong}.

type(Door, Digits) ->
    [gen_statem:cast(Door, {digit, Digit}) || Digit <- Digits],
    gen_statem:call(Door, state).

init(Code) -> {ok, locked, #door{code = Code}}.

callback_mode() -> state_functions.

locked(cast, {digit, Digit}, #door{code = Code, typed = Typed} = Door) ->
    case Typed ++ [Digit] of
        Code -> {next_state, open, Door#door{typed = []}, {state_timeout, 100, lock}};
        Wrong when length(Wrong) =:= length(Code) ->
            {keep_state, Door#door{typed = [], wrong = Door#door.wrong + 1}};
        More -> {keep_state, Door#door{typed = More}}
    end;
locked({call, From}, state, Door) ->
    {keep_state, Door, {reply, From, locked}}.

open(state_timeout, lock, Door) ->
    io:format("the door locks itself~n"),
    {next_state, locked, Door};
open(cast, {digit, _}, Door) ->
    {keep_state, Door};
open({call, From}, state, Door) ->
    {keep_state, Door, {reply, From, open}}.
