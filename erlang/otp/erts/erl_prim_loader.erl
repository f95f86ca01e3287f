%% Nothing is loaded from files.
-module(erl_prim_loader).
-overlay(whole).
-export([start/0, get_path/0, set_path/1, get_file/1, list_dir/1, read_file/1, read_file_info/1, read_link_info/1,
         get_cwd/0, get_cwd/1, purge_archive_cache/0, get_modules/2, get_modules/3]).

start() -> {ok, self()}.
get_path() -> {ok, []}.
set_path(_Path) -> ok.
get_file(_Name) -> error.
list_dir(_Folder) -> error.
read_file(_Name) -> error.
read_file_info(_Name) -> error.
read_link_info(_Name) -> error.
get_cwd() -> {ok, "/"}.
get_cwd(_Drive) -> {ok, "/"}.
purge_archive_cache() -> ok.
get_modules(Modules, _Work) -> {ok, {[], [{Module, enoent} || Module <- Modules]}}.
get_modules(Modules, Work, _Path) -> get_modules(Modules, Work).
