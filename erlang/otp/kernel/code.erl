%% Modules come from packs, which AtomVM searches itself when a module is first called, and from files in the folders of
%% the path. AtomVM does not ask for those: they are loaded when the evaluator calls one, when one is compiled into such a
%% folder, when a server is started with one for its callbacks, and with a module that names them.
%% What came with the packs is sticky, as OTP's own modules are. Whatever else is loaded passes the gate first: a
%% device behind which the host checks it, since a wrong byte would end the machine as a whole.
-module(code).
-overlay(whole).
-export([ensure_loaded/1, load_binary/3, load_checked/3, load_abs/1, load_abs/2, load_file/1, ensure_modules_loaded/1, atomic_load/1, prepare_loading/1, finish_loading/1,
         delete/1, purge/1, soft_purge/1, is_loaded/1, all_loaded/0, which/1, where_is_file/1, where_is_file/2, objfile_extension/0, root_dir/0, lib_dir/0,
         lib_dir/1, lib_dir/2, compiler_dir/0, priv_dir/1, get_path/0, set_path/1, set_path/2, add_path/1, add_path/2,
         add_patha/1, add_patha/2, add_pathz/1, add_pathz/2, add_paths/1, add_paths/2, add_pathsa/1, add_pathsa/2,
         add_pathsz/1, add_pathsz/2, del_path/1, del_paths/1, replace_path/2, replace_path/3, clear_cache/0, get_mode/0,
         stick_dir/1, unstick_dir/1, stick_mod/1, unstick_mod/1, is_sticky/1, clash/0, module_md5/1, module_status/0,
         module_status/1, modified_modules/0, get_doc/1, get_doc/2, get_chunk/2, coverage_support/0]).

-define(GATE, "/dev/gate").
%% The gate opens once its host has the list of what the machine can run.
-define(GATE_PAUSE_MS, 20).
-define(GATE_PATIENCE, 1000).
%% Modules that a person has loaded or released, in this persistent term.
-define(RELEASED, {code, released}).

load_binary(Module, File, Binary) ->
    case load_checked(Module, File, Binary) of
        {refused, Reason} ->
            logger:error("Loading of ~ts failed: ~ts", [name_of(File, Module), Reason]),
            {error, badfile};
        {error, sticky_directory} = Error ->
            logger:error("Can't load module '~w' that resides in sticky dir", [Module]),
            Error;
        Other ->
            Other
    end.

name_of([], Module) -> Module;
name_of(File, _) -> File.

%% As `load_binary/3`, and silent: whoever calls tells why a module was refused.
load_checked(Module, File, Binary) when is_atom(Module), is_binary(Binary) ->
    case is_sticky(Module) of
        true -> {error, sticky_directory};
        false -> load_free(Module, File, Binary)
    end;
load_checked(Module, File, Binary) ->
    error(badarg, [Module, File, Binary]).

load_free(Module, File, Binary) ->
    case pass_gate(Module, Binary) of
        ok ->
            release(Module),
            Loaded = cOde:load_binary(Module, File, Binary),
            _ = [load_from_path(Name) || Name <- code_path:named(Binary), not is_here(Name)],
            Loaded;
        Refused ->
            Refused
    end.

%% The question is the module's name, a NUL and the bytes; the answer is `ok` or why not.
pass_gate(Module, Binary) ->
    Question = <<(atom_to_binary(Module))/binary, 0, Binary/binary>>,
    case atomvm:posix_open(?GATE, [o_rdwr]) of
        {ok, Fd} ->
            try
                ask_gate(Fd, Question, ?GATE_PATIENCE)
            after
                atomvm:posix_close(Fd)
            end;
        {error, _} ->
            {refused, <<"there is nobody to check it">>}
    end.

ask_gate(_Fd, _Question, 0) ->
    {refused, <<"nobody checked it in time">>};
ask_gate(Fd, Question, Patience) ->
    write_all(Fd, Question),
    case atomvm:posix_read(Fd, 4096) of
        {ok, <<"ok">>} ->
            ok;
        {ok, <<"wait">>} ->
            receive after ?GATE_PAUSE_MS -> ok end,
            ask_gate(Fd, Question, Patience - 1);
        {ok, Reason} ->
            {refused, Reason};
        _ ->
            {refused, <<"the check came to nothing">>}
    end.

write_all(Fd, Bytes) ->
    case atomvm:posix_write(Fd, Bytes) of
        {ok, N} when N < byte_size(Bytes) ->
            <<_:N/binary, Rest/binary>> = Bytes,
            write_all(Fd, Rest);
        _ ->
            ok
    end.

release(Module) ->
    Released = released(),
    is_map_key(Module, Released) orelse persistent_term:put(?RELEASED, Released#{Module => true}),
    ok.

released() ->
    persistent_term:get(?RELEASED, #{}).

%% Loaded, or in a pack, which is as good.
is_here(Module) -> element(1, cOde:ensure_loaded(Module)) =:= module.

ensure_loaded(Module) when is_atom(Module) ->
    case is_here(Module) of
        true -> {module, Module};
        false -> load_from_path(Module)
    end;
ensure_loaded(Module) ->
    error(badarg, [Module]).

load_from_path(Module) ->
    case code_path:find(Module) of
        {ok, File} -> load_abs(File, Module);
        error -> {error, nofile}
    end.

%% A file of the path goes before a pack, as the current folder goes before OTP's own.
load_file(Module) ->
    case code_path:find(Module) of
        {ok, File} -> load_abs(File, Module);
        error -> ensure_loaded(Module)
    end.

load_abs(File) -> load_abs(File, list_to_atom(filename:basename(File))).

load_abs(File, Module) ->
    Path = filename:absname(File ++ objfile_extension()),
    case prim_file:read_file(Path) of
        {ok, Binary} ->
            case load_binary(Module, Path, Binary) of
                {module, _} = Loaded ->
                    persistent_term:put({code_file, Module}, Path),
                    Loaded;
                Error ->
                    Error
            end;
        {error, _} = Error ->
            Error
    end.

ensure_modules_loaded(Modules) ->
    case [{Module, nofile} || Module <- Modules, element(1, ensure_loaded(Module)) =:= error] of
        [] -> ok;
        Missing -> {error, Missing}
    end.

atomic_load(Modules) ->
    ensure_modules_loaded([if is_tuple(Module) -> element(1, Module); true -> Module end || Module <- Modules]).

prepare_loading(Modules) -> {ok, Modules}.
finish_loading(Modules) -> atomic_load(Modules).

%% AtomVM replaces a module when a new one is loaded; there is no old code, and none is thrown away.
delete(_Module) -> false.
purge(_Module) -> false.
soft_purge(_Module) -> true.

is_loaded(Module) ->
    case erlang:module_loaded(Module) of
        true -> {file, which(Module)};
        false -> false
    end.

all_loaded() -> [{Module, which(Module)} || {Module, _} <- cOde:all_loaded()].

which(Module) when is_atom(Module) ->
    case {persistent_term:get({code_file, Module}, none), is_here(Module)} of
        {none, true} -> preloaded;
        {none, false} -> where_is_file(atom_to_list(Module) ++ objfile_extension());
        {Path, _} -> Path
    end.

where_is_file(Name) -> where_is_file(get_path(), Name).

where_is_file(Folders, Name) ->
    Paths = [filename:absname(filename:join(Folder, Name)) || Folder <- Folders],
    case [Path || Path <- Paths, filelib:is_file(Path)] of
        [Path | _] -> Path;
        [] -> non_existing
    end.
objfile_extension() -> ".beam".
root_dir() -> "/otp".
lib_dir() -> "/otp/lib".
lib_dir(Application) -> "/otp/lib/" ++ atom_to_list(Application).
lib_dir(Application, Folder) -> lib_dir(Application) ++ "/" ++ atom_to_list(Folder).
compiler_dir() -> lib_dir(compiler).
priv_dir(Application) -> lib_dir(Application) ++ "/priv".

-define(IS_NAME(Name), (is_atom(Name) orelse is_list(Name))).

get_path() -> code_path:folders().
set_path(Path) when is_list(Path) -> code_path:set(Path).
set_path(Path, _Cache) -> set_path(Path).
add_path(Folder) -> add_pathz(Folder).
add_path(Folder, _Cache) -> add_pathz(Folder).
add_patha(Folder) when is_list(Folder) -> code_path:add(Folder, first).
add_patha(Folder, _Cache) -> add_patha(Folder).
add_pathz(Folder) when is_list(Folder) -> code_path:add(Folder, last).
add_pathz(Folder, _Cache) -> add_pathz(Folder).
add_paths(Folders) -> add_pathsz(Folders).
add_paths(Folders, _Cache) -> add_pathsz(Folders).
add_pathsa(Folders) when is_list(Folders) -> code_path:add_all(Folders, first).
add_pathsa(Folders, _Cache) -> add_pathsa(Folders).
add_pathsz(Folders) when is_list(Folders) -> code_path:add_all(Folders, last).
add_pathsz(Folders, _Cache) -> add_pathsz(Folders).
del_path(Name) when ?IS_NAME(Name) -> code_path:delete(Name).
del_paths(Names) when is_list(Names) -> code_path:delete_all(Names).
replace_path(Name, Folder) when ?IS_NAME(Name), ?IS_NAME(Folder) -> code_path:replace(Name, Folder).
replace_path(Name, Folder, _Cache) -> replace_path(Name, Folder).
clear_cache() -> ok.
get_mode() -> interactive.
stick_dir(_Folder) -> ok.
unstick_dir(_Folder) -> ok.

stick_mod(Module) ->
    persistent_term:put(?RELEASED, maps:remove(Module, released())),
    true.

unstick_mod(Module) ->
    release(Module),
    true.

%% What is there and was not released.
is_sticky(Module) ->
    not is_map_key(Module, released()) andalso is_here(Module).

clash() -> ok.

%% Packed modules carry no digest, documentation or compile times.
module_md5(_Beam) -> undefined.
module_status() -> [].
module_status(Module) when is_atom(Module) -> case is_loaded(Module) of false -> not_loaded; _ -> loaded end;
module_status(Modules) -> [{Module, module_status(Module)} || Module <- Modules].
modified_modules() -> [].
get_doc(_Module) -> {error, missing}.
get_doc(_Module, _Options) -> {error, missing}.
get_chunk(_Beam, _Name) -> undefined.
coverage_support() -> false.
