%% Evaluates source text: expressions separated by commas or full stops, the
%% last full stop optional, bindings fresh for each text. Knows nothing of
%% promises, output or the page.
-module(console_eval).

-export([source/1, term/1, start/1]).

-type result() :: {ok, Value :: binary()}
                | {error, class(), Message :: binary()}.
-type class() :: error | exit | throw | syntax.
-export_type([result/0, class/0]).

-spec source(binary()) -> result().
source(Source) ->
    shown(term(Source)).

%% The same with the value as it is.
-spec term(binary()) -> {ok, Value :: term()} | {error, class(), Message :: binary()}.
term(Source) ->
    case expressions(Source) of
        {ok, Expressions} ->
            guarded(fun() ->
                Local = {value, fun local/2},
                {value, Value, _} = erl_eval:exprs(Expressions, erl_eval:new_bindings(), Local),
                Value
            end);
        {error, Where} ->
            {error, syntax, console_format:syntax(Where)}
    end.

%% Runs `Module:start()`, the entry point of a loaded program.
-spec start(module()) -> result().
start(Module) ->
    shown(guarded(fun() ->
        _ = code:ensure_loaded(Module),
        %% The VM would not say what is undefined.
        case erlang:function_exported(Module, start, 0) of
            true -> Module:start();
            false -> erlang:raise(error, undef, [{Module, start, [], []}])
        end
    end)).

shown({ok, Value}) -> {ok, console_format:value(Value)};
shown(Error) -> Error.

guarded(Work) ->
    try Work() of
        Value -> {ok, Value}
    catch
        Class:Reason:Stack ->
            {error, Class, console_format:exception(Class, Reason, Stack)}
    end.

expressions(Source) ->
    case erl_scan:string(unicode:characters_to_list(Source), {1, 1}) of
        {ok, Tokens, End} -> parse(Tokens, End, [], []);
        {error, Where, _End} -> {error, Where}
    end.

parse([{dot, _} = Dot | Tokens], End, Sentence, Done) ->
    case erl_parse:parse_exprs(lists:reverse(Sentence, [Dot])) of
        {ok, Expressions} -> parse(Tokens, End, [], [Expressions | Done]);
        {error, Where} -> {error, Where}
    end;
parse([Token | Tokens], End, Sentence, Done) ->
    parse(Tokens, End, [Token | Sentence], Done);
parse([], End, [_ | _] = Sentence, Done) ->
    parse([{dot, End}], End, Sentence, Done);
parse([], _End, [], [_ | _] = Done) ->
    {ok, lists:append(lists:reverse(Done))};
parse([], End, [], []) ->
    {error, {End, erl_parse, "no expression"}}.

%% Calls without a module go where the shell sends them: to its commands.
local(Name, Arguments) ->
    Arity = length(Arguments),
    _ = code:ensure_loaded(shell_default),
    case erlang:function_exported(shell_default, Name, Arity) of
        true -> apply(shell_default, Name, Arguments);
        false -> erlang:error({shell_undef, Name, Arity, []})
    end.
