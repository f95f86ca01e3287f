%% Compiles the text of one module with OTP's compiler and loads what comes of it. Errors and warnings are data:
%% a module that does not compile is an answer, not a failure.
-module(console_compile).

-export([source/1]).

%% The compiler and the part of the library that it needs come after the first prompt, in two packs; a module
%% of each tells that it is here.
-define(NEEDED, [compile, erl_expand_records]).
-define(PACK_PAUSE_MS, 50).
-define(OPTIONS, [binary, return, deterministic, no_spawn_compiler_process, {error_location, column}]).

%% `source`; `file`, the name that messages and stack traces give, whose stem the module must then have; `force`,
%% whether a module of the console may be replaced.
-spec source(map()) -> {answer, map()} | {error, error, binary()}.
source(#{<<"source">> := Source} = Request) ->
    File = maps:get(<<"file">>, Request, null),
    await_compiler(),
    Forms = forms(name(File), unicode:characters_to_list(Source)),
    case compile:forms(Forms, ?OPTIONS) of
        {ok, Module, Beam, Warnings} ->
            Found = #{warnings => diagnostics(warning, Warnings)},
            case misnamed(Module, File) of
                [] -> load(Module, name(File), Beam, maps:get(<<"force">>, Request, false), Forms, Found);
                Errors -> failed(Module, located(Forms, Errors), Found)
            end;
        {error, Errors, Warnings} ->
            {answer, #{module => null, errors => diagnostics(error, Errors),
                       warnings => diagnostics(warning, Warnings)}}
    end.

await_compiler() ->
    case [Module || Module <- ?NEEDED, element(1, code:ensure_loaded(Module)) =:= error] of
        [] ->
            ok;
        _ ->
            receive after ?PACK_PAUSE_MS -> ok end,
            await_compiler()
    end.

name(null) -> "module.erl";
name(File) -> unicode:characters_to_list(File).

forms(File, Text) ->
    Options = [{fd, console_source:open(Text)}, {source_name, File}, {location, {1, 1}},
               {includes, ["."]}, {default_encoding, utf8}],
    {ok, Forms} = epp:parse_file(File, Options),
    Forms.

misnamed(_Module, null) ->
    [];
misnamed(Module, File) ->
    case filename:basename(name(File), ".erl") =:= atom_to_list(Module) of
        true -> [];
        false -> [compile:format_error({module_name, Module, filename:rootname(name(File))})]
    end.

load(Module, File, Beam, Force, Forms, Found) ->
    Force andalso code:unstick_mod(Module),
    case code:load_checked(Module, File, Beam) of
        {module, Module} ->
            {answer, Found#{module => Module, errors => []}};
        {error, sticky_directory} ->
            Words = io_lib:format("'~ts' is a module of the console itself: with this one in its place the console "
                                  "may stop. Choose another name, or load it by force.", [Module]),
            failed(Module, located(Forms, [Words]), Found#{is_sticky => true});
        {refused, Reason} ->
            {error, error, <<"The VM cannot run this module: ", Reason/binary>>};
        _ ->
            {error, error, <<"The VM did not take the module.">>}
    end.

failed(Module, Errors, Found) ->
    {answer, Found#{module => Module, errors => Errors}}.

%% What is wrong with the module as a whole is said where its name stands.
located(Forms, Messages) ->
    Location = hd([erl_anno:location(Anno) || {attribute, Anno, module, _} <- Forms] ++ [{1, 1}]),
    [diagnostic(error, Location, Message) || Message <- Messages].

diagnostics(Severity, Files) ->
    [diagnostic(Severity, Location, words(Module, What)) || {_File, Findings} <- Files,
                                                            {Location, Module, What} <- Findings].

words(Module, What) ->
    try
        Module:format_error(What)
    catch
        _:_ -> io_lib:format("~tp", [What])
    end.

diagnostic(Severity, Location, Message) ->
    {Line, Column} = position(Location),
    #{severity => Severity, line => Line, column => Column, message => unicode:characters_to_binary(Message)}.

position({Line, Column}) -> {Line, Column};
position(Line) when is_integer(Line), Line > 0 -> {Line, 1};
position(_None) -> {1, 1}.
