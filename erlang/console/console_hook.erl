%% Hooks and handlers: made of source text, run on a payload, and what they came
%% to as the page is told it. Knows neither the process that keeps them nor
%% promises.
-module(console_hook).

-export([from_source/1, run/3, encoded/1, told/1]).

%% What is registered: a fun, or the source of one that was registered before
%% and comes back after a restart.
-type hook() :: fun((term()) -> term()) | {source, binary()}.
-export_type([hook/0]).

%% Most bytes of JSON that the hooks of one event may return together.
-define(RESULT_BYTES, 1_048_576).
-define(SHOWN_BYTES, 1000).

%% The fun that the text stands for: one expression, or several, whose value
%% takes one argument. Raises what `told/1` has words for.
-spec from_source(binary()) -> fun((term()) -> term()).
from_source(Source) ->
    case console_eval:term(Source) of
        {ok, Fun} when is_function(Fun, 1) -> Fun;
        {ok, _Other} -> refuse(not_a_fun, <<"the source is no fun of one argument">>);
        {error, Class, Message} -> refuse(Class, Message)
    end.

%% Runs all of them at the same time, each in a process of its own.
-spec run([hook()], term(), non_neg_integer()) -> [console_errand:outcome()].
run(Hooks, Payload, WithinMs) ->
    console_errand:all([fun() -> apply_hook(Hook, Payload) end || Hook <- Hooks], WithinMs).

apply_hook({source, Source}, Payload) -> (from_source(Source))(Payload);
apply_hook(Fun, Payload) -> Fun(Payload).

%% A hook whose value is JSON: made in its own process, which is the one that
%% pays for it.
-spec encoded(hook()) -> hook().
encoded(Hook) ->
    fun(Payload) -> encode(apply_hook(Hook, Payload)) end.

encode({refuse, Reason}) ->
    refuse(refused, text(Reason));
encode(Value) ->
    try iolist_to_binary(json:encode(Value)) of
        Json -> {json, Json}
    catch
        error:_ -> refuse(error, <<"** the result cannot be written as JSON: ",
                                   (console_format:value(Value, ?SHOWN_BYTES))/binary>>)
    end.

%% Our own refusals, which no program can mistake for its exceptions.
refuse(Class, Message) ->
    throw({?MODULE, Class, Message}).

%% Outcomes as the page reads them.
-spec told([console_errand:outcome()]) -> [map()].
told(Outcomes) ->
    {Told, _Left} = lists:mapfoldl(fun told/2, ?RESULT_BYTES, Outcomes),
    Told.

told({ok, {json, Json}}, Left) when byte_size(Json) > Left ->
    {#{error => #{class => too_large, message => <<"the result is too large">>,
                  amount => byte_size(Json), limit => ?RESULT_BYTES}}, Left};
told({ok, {json, Json} = Value}, Left) ->
    {#{ok => Value}, Left - byte_size(Json)};
told({ok, Value}, Left) ->
    {#{ok => Value}, Left};
told(late, Left) ->
    {failure(timeout, <<"no answer in time">>), Left};
told({died, Reason}, Left) ->
    {failure(exit, console_format:death(Reason)), Left};
told({raised, throw, {?MODULE, Class, Message}, _}, Left) ->
    {failure(Class, Message), Left};
told({raised, Class, Reason, Stack}, Left) ->
    {failure(Class, console_format:exception(Class, Reason, theirs(Stack))), Left}.

failure(Class, Message) ->
    #{error => #{class => Class, message => Message}}.

text(Reason) ->
    try unicode:characters_to_binary(Reason) of
        Text when is_binary(Text) -> Text;
        _ -> console_format:value(Reason, ?SHOWN_BYTES)
    catch
        _:_ -> console_format:value(Reason, ?SHOWN_BYTES)
    end.

%% The frames of whoever wrote the hook; what called it is ours.
theirs(Stack) ->
    lists:takewhile(fun(Frame) ->
        not lists:member(element(1, Frame), [?MODULE, console_errand])
    end, Stack).
