%% Modules are not loaded from files by this; what it reads of files it reads as `file` does.
-module(erl_prim_loader).
-overlay(whole).
-export([start/0, get_path/0, set_path/1, get_file/1, list_dir/1, read_file/1, read_file_info/1, read_link_info/1,
         get_cwd/0, get_cwd/1, purge_archive_cache/0, get_modules/2, get_modules/3]).

start() -> {ok, self()}.
get_path() -> {ok, []}.
set_path(_Path) -> ok.
get_file(_Name) -> error.
list_dir(Folder) -> or_error(prim_file:list_dir(Folder)).
read_file(Name) -> or_error(prim_file:read_file(Name)).
read_file_info(Name) -> or_error(prim_file:read_file_info(Name)).
read_link_info(Name) -> or_error(prim_file:read_link_info(Name)).
get_cwd() -> prim_file:get_cwd().
get_cwd(Drive) -> prim_file:get_cwd(Drive).
purge_archive_cache() -> ok.
get_modules(Modules, _Work) -> {ok, {[], [{Module, enoent} || Module <- Modules]}}.
get_modules(Modules, Work, _Path) -> get_modules(Modules, Work).

or_error({ok, _} = Found) -> Found;
or_error({error, _}) -> error.
