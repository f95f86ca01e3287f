%% Writes calls of functions that may not be there so that the error names them: AtomVM says only which function made the
%% call. What is not there is looked for in the folders of the path first, as OTP does. Used by the compiler in the VM for
%% whatever may be missing, and on packed modules, which need each other and have each other, for what others have written.
-module(compile_missing).
-export([forms/1, packed/1]).

%% Modules below the ones that this would call.
-define(AS_THEY_ARE, [erlang, erlang_alias, erlang_apply, erlang_process, erlang_raise]).

%% They call modules that others have written, and report what goes wrong there.
-define(CALL_BACK, [gen_server, gen_event, gen_statem]).

packed(Forms) ->
    Module = module(Forms),
    case {lists:member(Module, ?AS_THEY_ARE), lists:member(Module, ?CALL_BACK)} of
        {true, _} -> Forms;
        {false, true} -> written(Forms, module_in_variable);
        {false, false} -> written(Forms, name_in_variable)
    end.

forms(Forms) ->
    Module = module(Forms),
    All = lists:member(export_all, lists:flatten([Options || {attribute, _, compile, Options} <- Forms])),
    Exported = [Function || {attribute, _, export, Functions} <- Forms, Function <- Functions],
    Known = #{Function => [] || Function <- Exported ++ [{Name, Arity} || {function, _, Name, Arity, _} <- Forms, All]},
    written(Forms, {Module, Known}).

module(Forms) -> hd([Name || {attribute, _, module, Name} <- Forms] ++ [none]).

written(Forms, In) ->
    Applied = case [own || {function, _, apply, 3, _} <- Forms] of
        [] -> applied(Forms);
        [own | _] -> Forms
    end,
    {Written, _} = lists:mapfoldl(fun(Form, Count) -> form(Form, In, Count) end, 0, Applied),
    Written.

%% Of a function that is applied to a list of known length the compiler makes a call later.
applied({call, Line, {atom, _, apply}, [Module, Name, List]}) ->
    case items(List) of
        none -> {call, Line, {remote, Line, {atom, Line, erlang}, {atom, Line, apply}}, applied([Module, Name, List])};
        Items -> {call, Line, {remote, Line, applied(Module), applied(Name)}, applied(Items)}
    end;
applied({call, Line, {remote, _, {atom, _, erlang}, {atom, _, apply}}, [_, _, _] = Arguments}) ->
    applied({call, Line, {atom, Line, apply}, Arguments});
applied(Tuple) when is_tuple(Tuple) -> list_to_tuple(applied(tuple_to_list(Tuple)));
applied([Head | Tail]) -> [applied(Head) | applied(Tail)];
applied(Other) -> Other.

items({nil, _}) -> [];
items({cons, _, Item, Tail}) ->
    case items(Tail) of
        none -> none;
        Items -> [Item | Items]
    end;
items(_) -> none.

form({function, Line, Name, Arity, Clauses}, In, Count) ->
    {Written, Next} = rewrite(Clauses, In, Count),
    {{function, Line, Name, Arity, Written}, Next};
form(Form, _, Count) ->
    {Form, Count}.

rewrite({call, Line, {remote, _, Module, Name} = Function, Arguments}, In, Count) ->
    {Given, Next} = rewrite(Arguments, In, Count),
    case may_be_missing(Module, Name, length(Given), In) of
        true -> asked(Line, Function, Given, Next);
        false -> {{call, Line, Function, Given}, Next}
    end;
%% Patterns and guards call nothing of the kind.
rewrite({clause, Line, Patterns, Guards, Body}, In, Count) ->
    {Written, Next} = rewrite(Body, In, Count),
    {{clause, Line, Patterns, Guards, Written}, Next};
rewrite(Tuple, In, Count) when is_tuple(Tuple) ->
    {Parts, Next} = rewrite(tuple_to_list(Tuple), In, Count),
    {list_to_tuple(Parts), Next};
rewrite([Head | Tail], In, Count) ->
    {First, Between} = rewrite(Head, In, Count),
    {Rest, Next} = rewrite(Tail, In, Between),
    {[First | Rest], Next};
rewrite(Other, _, Count) ->
    {Other, Count}.

%% What came with the packs is there, and so is what the module itself exports.
may_be_missing({Kind, _, _}, {Other, _, _}, _, module_in_variable) -> Kind =:= var andalso (Other =:= var orelse Other =:= atom);
may_be_missing({Kind, _, _}, {Other, _, _}, _, name_in_variable) -> Other =:= var andalso (Kind =:= var orelse Kind =:= atom);
may_be_missing(_, _, _, In) when is_atom(In) -> false;
may_be_missing({atom, _, Module}, {atom, _, Name}, Arity, {Module, Known}) -> not is_map_key({Name, Arity}, Known);
may_be_missing({atom, _, erlang}, _, _, _) -> false;
may_be_missing({atom, _, Module}, {atom, _, Name}, Arity, _) ->
    not (code:is_sticky(Module) andalso erlang:function_exported(Module, Name, Arity));
may_be_missing({Kind, _, _}, {Other, _, _}, _, _) ->
    (Kind =:= var orelse Kind =:= atom) andalso (Other =:= var orelse Other =:= atom);
may_be_missing(_, _, _, _) -> false.

%% The arguments come first, and once.
asked(Line, {remote, _, Module, Name} = Function, Arguments, Count) ->
    {Values, {Bound, Next}} = lists:mapfoldl(fun value/2, {[], Count}, Arguments),
    List = lists:foldr(fun(Item, Tail) -> {cons, Line, Item, Tail} end, {nil, Line}, Values),
    Case = {'case', Line, call(Line, erlang, function_exported, [Module, Name, {integer, Line, length(Values)}]),
            [{clause, Line, [{atom, Line, true}], [], [{call, Line, Function, Values}]},
             {clause, Line, [{var, Line, '_'}], [], [call(Line, erlang_raise, not_there, [Module, Name, List])]}]},
    case Bound of
        [] -> {Case, Next};
        _ -> {{block, Line, lists:reverse([Case | Bound])}, Next}
    end.

value({Kind, _, _} = Value, State) when Kind =:= var; Kind =:= atom; Kind =:= integer -> {Value, State};
value({nil, _} = Value, State) -> {Value, State};
value(Value, {Bound, Count}) ->
    Line = element(2, Value),
    Variable = {var, Line, list_to_atom("given@" ++ integer_to_list(Count))},
    {Variable, {[{match, Line, Variable, Value} | Bound], Count + 1}}.

call(Line, Module, Name, Arguments) ->
    {call, Line, {remote, Line, {atom, Line, Module}, {atom, Line, Name}}, Arguments}.
