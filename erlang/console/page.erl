%% What Erlang code uses to speak with the page: hooks that run when the page
%% (or a program) emits an event, and handlers of the intents that the page
%% hands over. Payloads that come from the page are decoded JSON: maps with
%% binaries as keys, lists, binaries, numbers, `true`, `false`, `null`.
-module(page).

-export([register_hook/2, unregister_hook/1, hooks/0, emit/2,
         handle_intent/2, unhandle_intent/1, intents/0]).

-define(WITHIN_MS, 2000).

%% Names of events and intents; all spellings of one name are the same name.
-type name() :: atom() | string() | binary().

%% Runs `Fun` on every event of that name until it is unregistered. What it
%% returns is written as JSON for the page.
-spec register_hook(name(), fun((Payload :: term()) -> term())) ->
    {ok, Hook :: binary()} | {error, badarg | {too_many, Limit :: pos_integer()} | noproc}.
register_hook(Event, Fun) ->
    console_hooks:ask({register_hook, $e, text(Event), Fun}).

-spec unregister_hook(Hook :: binary()) -> ok | {error, unknown_hook | noproc}.
unregister_hook(Hook) ->
    console_hooks:ask({unregister_hook, Hook}).

%% All hooks with their events, oldest first.
-spec hooks() -> [{Hook :: binary(), Event :: binary()}] | {error, noproc}.
hooks() ->
    console_hooks:ask(hooks).

%% Runs the hooks of an event and waits for them; the outcomes are in the order
%% in which the hooks were registered.
-spec emit(name(), Payload :: term()) ->
    [{Hook :: binary(), {ok, term()} | {error, Class :: atom(), Message :: binary()}}].
emit(Event, Payload) ->
    Hooks = console_hooks:ask({hooks, text(Event)}),
    Outcomes = console_hook:run([Hook || {_Id, Hook} <- Hooks], Payload, ?WITHIN_MS),
    [{Id, outcome(Outcome)} || {{Id, _}, Outcome} <- lists:zip(Hooks, Outcomes)].

outcome({ok, Value}) ->
    {ok, Value};
outcome(Failed) ->
    [#{error := #{class := Class, message := Message}}] = console_hook:told([Failed]),
    {error, Class, Message}.

%% Answers the page's intents of that name with what `Fun` returns, as JSON. A
%% handler that returns `{refuse, Reason}` refuses the intent; a handler that
%% was there before is replaced.
-spec handle_intent(name(), fun((Payload :: term()) -> term() | {refuse, Reason :: term()})) ->
    ok | {error, badarg | {too_many, Limit :: pos_integer()} | noproc}.
handle_intent(Intent, Fun) ->
    console_hooks:ask({handle_intent, text(Intent), Fun}).

-spec unhandle_intent(name()) -> ok | {error, noproc}.
unhandle_intent(Intent) ->
    console_hooks:ask({unhandle_intent, text(Intent)}).

%% Names of the intents that have a handler.
-spec intents() -> [binary()] | {error, noproc}.
intents() ->
    console_hooks:ask(intents).

text(Name) when is_atom(Name) -> atom_to_binary(Name);
text(Name) -> unicode:characters_to_binary(Name).
