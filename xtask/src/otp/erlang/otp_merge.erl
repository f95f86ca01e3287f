%% Makes modules for AtomVM out of OTP's own and our overlays; runs on the host.
%%
%% An overlay is a module of the same name that holds only the functions that differ: its functions replace or
%% join those of OTP's module, whose records, imports and local functions it can use. What it says it extends stays
%% there for it: with `-extends([{save, 2}]).` OTP's own `save/2` is `otp_save/2`. OTP's module comes from the
%% abstract code in its .beam. Natives that AtomVM has become calls to them, those it lacks raise `undef`:
%% AtomVM aborts as a whole on erlang:nif_error, so no such call is left.
-module(otp_merge).
-export([main/1]).

%% Chunks that AtomVM's interpreter reads. LitT is inflated when it is packed; Line gives stack traces lines.
-define(CHUNKS, ["AtU8", "Code", "StrT", "ImpT", "ExpT", "LocT", "FunT", "LitT", "Line"]).

%% The plan is a file of terms:
%%   {natives, File}                     text, one Module:Function/Arity a line
%%   {out, Folder}
%%   {include, Folder}
%%   {module, Name, Base, Overlay}       paths or none; Base is a .beam or, for modules of ours, an .erl
%% Writes Folder/Name.beam for each; prints what is wrong to stderr and ends with 1.
main([PlanFile]) ->
    {ok, Plan} = file:consult(PlanFile),
    {natives, NativesFile} = lists:keyfind(natives, 1, Plan),
    {out, Out} = lists:keyfind(out, 1, Plan),
    Include = [Folder || {include, Folder} <- Plan],
    Natives = read_natives(NativesFile),
    Work = fun({module, Name, Base, Overlay}) ->
        Beam = module(Base, Overlay, Natives, Include),
        ok = file:write_file(filename:join(Out, atom_to_list(Name) ++ ".beam"), strip(Beam))
    end,
    case failures(parallel(Work, [Item || Item <- Plan, element(1, Item) =:= module])) of
        [] ->
            halt(0);
        Failures ->
            [io:format(standard_error, "~s: ~tp~n", [element(2, Item), Why]) || {Item, Why} <- Failures],
            halt(1)
    end.

read_natives(File) ->
    {ok, Text} = file:read_file(File),
    #{Line => true || Line <- binary:split(Text, <<"\n">>, [global, trim_all])}.

%% Runs Work on every item, as many at a time as there are schedulers; [{Item, Result}].
parallel(Work, Items) ->
    parallel(Work, Items, erlang:system_info(schedulers_online), #{}, []).

parallel(_Work, [], _Free, Running, Done) when map_size(Running) =:= 0 ->
    Done;
parallel(Work, [Item | Items], Free, Running, Done) when Free > 0 ->
    {_, Monitor} = spawn_monitor(fun() -> exit({result, catch Work(Item)}) end),
    parallel(Work, Items, Free - 1, Running#{Monitor => Item}, Done);
parallel(Work, Items, Free, Running, Done) ->
    receive
        {'DOWN', Monitor, process, _, Why} ->
            {Item, Rest} = maps:take(Monitor, Running),
            parallel(Work, Items, Free + 1, Rest, [{Item, Why} | Done])
    end.

failures(Results) ->
    [{Item, Why} || {Item, Why} <- Results, Why =/= {result, ok}].

%% An OTP module that needs no change is taken as it was compiled; all others are compiled anew.
module(Base, none, Natives, Include) ->
    case filename:extension(Base) of
        ".erl" ->
            {ok, Forms} = source(Base, Include),
            compile(cure(Forms, Natives));
        ".beam" ->
            Forms = abstract(Base),
            case {cure(Forms, Natives), names_libraries(Base)} of
                {Forms, false} -> {ok, Beam} = file:read_file(Base), Beam;
                {Cured, _} -> compile(Cured)
            end
    end;
module(none, Overlay, Natives, Include) ->
    {ok, Forms} = source(Overlay, Include),
    compile(cure(Forms, Natives));
module(Base, Overlay, Natives, Include) ->
    {ok, Added} = source(Overlay, Include),
    case is_whole(Added) of
        true -> compile(cure(Added, Natives));
        false -> compile(cure(join(abstract(Base), Added), Natives))
    end.

%% `-overlay(whole).` says that nothing of OTP's module is to stay.
is_whole(Forms) ->
    lists:any(fun
        ({attribute, _, overlay, whole}) -> true;
        (_) -> false
    end, Forms).

source(File, Include) ->
    {ok, Forms} = epp:parse_file(File, [{source_name, filename:basename(File)}, {includes, [filename:dirname(File) | Include]}]),
    {ok, with_headers(Forms)}.

%% `-headers([Application]).` becomes a function that knows the texts of the applications' header files.
with_headers(Forms) ->
    case lists:keytake(headers, 3, Forms) of
        {value, {attribute, Line, headers, Applications}, Others} ->
            Clauses = [{clause, Line, [{string, Line, Name}], [], [erl_parse:abstract(Text, [{location, Line}])]}
                       || Application <- Applications, {Name, Text} <- headers(Application)],
            None = {clause, Line, [{var, Line, '_'}], [], [{atom, Line, none}]},
            Others ++ [{function, Line, text, 1, Clauses ++ [None]}];
        false ->
            Forms
    end.

headers(Application) ->
    Folder = code:lib_dir(Application),
    [begin
        {ok, Text} = file:read_file(File),
        {filename:join([atom_to_list(Application), "include", filename:basename(File)]), Text}
     end || File <- filelib:wildcard(filename:join([Folder, "include", "*.hrl"]))].

abstract(Beam) ->
    {ok, {_, [{abstract_code, {raw_abstract_v1, Forms}}]}} = beam_lib:chunks(Beam, [abstract_code]),
    behaviour([Form || Form <- Forms, is_needed(Form)], Forms).

%% What makes a behaviour one is derived from attributes that do not stay, and the linter asks for it.
behaviour(Kept, Forms) ->
    case [Callback || {attribute, _, callback, {Callback, _}} <- Forms] of
        [] ->
            Kept;
        Callbacks ->
            Optional = lists:append([Names || {attribute, _, optional_callbacks, Names} <- Forms]),
            Clause = fun(What, Answer) ->
                {clause, 1, [{atom, 1, What}], [], [erl_parse:abstract(Answer, [{location, 1}])]}
            end,
            {Head, [Module | Rest]} = lists:splitwith(fun(Form) -> not is_module(Form) end, Kept),
            Head ++ [Module, {attribute, 1, export, [{behaviour_info, 1}]} | Rest]
                ++ [{function, 1, behaviour_info, 1, [Clause(callbacks, Callbacks), Clause(optional_callbacks, Optional)]}]
    end.

is_module({attribute, _, module, _}) -> true;
is_module(_) -> false.

names_libraries(Beam) ->
    {ok, {_, [{abstract_code, {raw_abstract_v1, Forms}}]}} = beam_lib:chunks(Beam, [abstract_code]),
    lists:any(fun
        ({attribute, _, Name, _}) -> Name =:= on_load orelse Name =:= nifs;
        (_) -> false
    end, Forms).

%% Types and documentation have done their work; on_load and nifs name C libraries that are not there,
%% and make the compiler emit an instruction that AtomVM lacks.
is_needed({attribute, _, Name, _}) ->
    not lists:member(Name, [spec, type, opaque, nominal, callback, optional_callbacks, export_type, dialyzer,
                            doc, moduledoc, on_load, nifs, deprecated, behaviour, behavior, removed, extends]);
is_needed({eof, _}) ->
    false;
is_needed(_) ->
    true.

join(Base, Added) ->
    New = [Form || Form <- Added, is_needed(Form), not is_file(Form)],
    File = [{attribute, 1, file, {atom_to_list(module_name(Base)) ++ ".erl (overlay)", 1}}],
    Functions = #{{Name, Arity} => true || {function, _, Name, Arity, _} <- New},
    Records = #{Name => true || {attribute, _, record, {Name, _}} <- Base},
    Extended = [Name || {attribute, _, extends, Names} <- Added, Name <- Names],
    Kept = [Form || Form <- extended(Base, Extended), not is_replaced(Form, Functions)],
    Joined = [Form || Form <- New, not is_known(Form, Records)],
    {Attributes, Bodies} = lists:partition(fun(Form) -> element(1, Form) =:= attribute end, Joined),
    {Head, Rest} = lists:splitwith(fun(Form) -> element(1, Form) =:= attribute end, Kept),
    Head ++ Attributes ++ Rest ++ File ++ Bodies.

%% OTP's own under another name.
extended(Forms, Names) ->
    [case Form of
        {function, Line, Name, Arity, Clauses} ->
            case lists:member({Name, Arity}, Names) of
                true -> {function, Line, list_to_atom("otp_" ++ atom_to_list(Name)), Arity, Clauses};
                false -> Form
            end;
        _ ->
            Form
    end || Form <- Forms].

is_file({attribute, _, file, _}) -> true;
is_file(_) -> false.

module_name(Forms) ->
    hd([Name || {attribute, _, module, Name} <- Forms]).

is_replaced({function, _, Name, Arity, _}, Functions) -> is_map_key({Name, Arity}, Functions);
is_replaced(_, _) -> false.

%% What OTP's module already says.
is_known({attribute, _, module, _}, _) -> true;
is_known({attribute, _, record, {Name, _}}, Records) -> is_map_key(Name, Records);
is_known({error, Why}, _) -> error(Why);
is_known(_, _) -> false.

%% Takes everything out of a module's forms that AtomVM would abort on or get wrong.
cure(Forms, Natives) ->
    Module = module_name(Forms),
    Cured = [cure(Form, Module, Natives) || Form <- Forms],
    compile_missing:packed(compile_calls:forms(compile_bits:forms(compile_catch:forms(Cured)))).

cure({function, Line, Name, Arity, Clauses} = Function, Module, Natives) ->
    case is_stub(Clauses) of
        true ->
            Arguments = [{var, Line, list_to_atom("A" ++ integer_to_list(N))} || N <- lists:seq(1, Arity)],
            Body = stub(Line, Module, Name, Arguments, is_native(Module, Name, Arity, Natives)),
            {function, Line, Name, Arity, [{clause, Line, Arguments, [], [Body]}]};
        false ->
            setelement(5, Function, soften(Clauses))
    end;
cure(Form, _, _) ->
    Form.

%% A function all of whose clauses only say that its native is missing.
is_stub(Clauses) ->
    lists:all(fun
        ({clause, _, _, _, [{call, _, {remote, _, {atom, _, erlang}, {atom, _, nif_error}}, _}]}) -> true;
        (_) -> false
    end, Clauses).

%% AtomVM looks for a native before it looks for a module, so a remote call to itself reaches it.
stub(Line, Module, Name, Arguments, true) ->
    {call, Line, {remote, Line, {atom, Line, Module}, {atom, Line, Name}}, Arguments};
stub(Line, _, _, Arguments, false) ->
    {call, Line, {remote, Line, {atom, Line, erlang}, {atom, Line, error}}, [{atom, Line, undef}, list(Line, Arguments)]}.

list(Line, Items) ->
    lists:foldr(fun(Item, Tail) -> {cons, Line, Item, Tail} end, {nil, Line}, Items).

is_native(Module, Name, Arity, Natives) ->
    is_map_key(iolist_to_binary(io_lib:format("~s:~s/~b", [Module, Name, Arity])), Natives).

%% nif_error deeper in a function: an ordinary error does the same without ending the machine.
soften({call, Line, {remote, L1, {atom, L2, erlang}, {atom, L3, nif_error}}, Arguments}) ->
    {call, Line, {remote, L1, {atom, L2, erlang}, {atom, L3, error}}, soften(Arguments)};
%% The compiler marks all functions of a module that loads a library with an instruction that AtomVM lacks.
soften({call, Line, {remote, L1, {atom, L2, erlang}, {atom, L3, load_nif}}, _}) ->
    {call, Line, {remote, L1, {atom, L2, erlang}, {atom, L3, error}}, [{atom, L3, undef}]};
soften(Tuple) when is_tuple(Tuple) ->
    list_to_tuple(soften(tuple_to_list(Tuple)));
soften([Head | Tail]) ->
    [soften(Head) | soften(Tail)];
soften(Other) ->
    Other.

compile(Typed) ->
    Forms = [untyped(Form) || Form <- Typed],
    Ways = [{Name, Way} || {attribute, _, Way, Names} <- Forms, Way =:= peeks orelse Way =:= passes, Name <- Names],
    case Ways of
        [] -> compiled(Forms, []);
        _ -> compiled(leaving(compiled(Forms, [to_asm]), maps:from_list(Ways)), [from_asm])
    end.

compiled(Code, Options) ->
    case compile:forms(Code, [binary, deterministic, return_errors, nowarn_deprecated_function | Options]) of
        {ok, _, Compiled} -> Compiled;
        {error, Errors, _} -> error({compile, Errors})
    end.

%% A function that receives any message leaves it where it is. No Erlang says that, but the machine's instruction for a
%% time that is over starts the mailbox from its front, as does the one that takes a message: `-peeks([{await, 0}]).`
%% And the one for a message that does not fit goes on to the next, and to any place: `-passes([{hand_on, 2}]).` Such a
%% message may be sent on, by the machine's instruction: after a call the heap may be collected, and not look there.
leaving({Module, Exports, Attributes, Functions, Labels}, Ways) ->
    {Leaving, Next} = lists:mapfoldl(fun({function, Name, Arity, Entry, Code}, Label) ->
        {Left, After} = left(maps:get({Name, Arity}, Ways, takes), Code, Label),
        {{function, Name, Arity, Entry, Left}, After}
    end, Labels, Functions),
    {Module, Exports, Attributes, Leaving, Next}.

left(peeks, [remove_message | Code], Label) ->
    {Left, Next} = left(peeks, Code, Label),
    {[timeout | Left], Next};
left(passes, [remove_message | Code], Label) ->
    {Left, Next} = left(passes, Code, Label + 1),
    {[{loop_rec_end, {f, Label}}, {label, Label} | Left], Next};
left(passes, [{call_ext, 2, {extfunc, eRlang, send, 2}} | Code], Label) ->
    {Left, Next} = left(passes, Code, Label),
    {[send | Left], Next};
left(Way, [Instruction | Code], Label) ->
    {Left, Next} = left(Way, Code, Label),
    {[Instruction | Left], Next};
left(_, [], Label) ->
    {[], Label}.

%% The types that record fields were declared with are gone.
untyped({attribute, Line, record, {Name, Fields}}) ->
    {attribute, Line, record, {Name, [untyped(Field) || Field <- Fields]}};
untyped({typed_record_field, Field, _}) ->
    Field;
untyped(Other) ->
    Other.

strip(Beam) ->
    {ok, Module, Chunks} = beam_lib:all_chunks(Beam),
    true = is_atom(Module),
    {ok, Stripped} = beam_lib:build_module([Chunk || {Name, _} = Chunk <- Chunks, lists:member(Name, ?CHUNKS)]),
    Stripped.
