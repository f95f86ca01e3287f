%% Brings modules into the VM from files that the worker has put down. A module passes the gate of `code` like
%% any other; a pack is taken as it is, so that only those that the worker has checked may come here.
-module(console_load).

-export([load/1, add_pack/1]).

%% `files`, one for each module; `pack`, the whole pack where it holds more than modules; `force`, whether
%% modules of the console may be replaced. All modules are loaded, or none if one is refused by name.
-spec load(map()) -> map().
load(#{<<"files">> := Files} = Request) ->
    Modules = [{binary_to_atom(Module), Path, Bytes}
               || #{<<"module">> := Module, <<"path">> := Path, <<"bytes">> := Bytes} <- Files],
    Names = [Module || {Module, _, _} <- Modules],
    maps:get(<<"force">>, Request, false) andalso [code:unstick_mod(Name) || Name <- Names],
    case [Name || Name <- Names, code:is_sticky(Name)] of
        [] -> load_all(Modules, maps:get(<<"pack">>, Request, null));
        [Sticky | _] -> sticky(Sticky)
    end;
load(#{}) ->
    refusal(<<"load">>, incomplete_request).

load_all(Modules, null) ->
    load_each(Modules, []);
load_all(Modules, Pack) ->
    case add_pack(Pack) of
        #{ok := true} -> load_each(Modules, []);
        Error -> Error
    end.

load_each([], Loaded) ->
    #{ok => #{modules => lists:reverse(Loaded)}};
load_each([{Module, Path, Bytes} | Modules], Loaded) ->
    case load_one(Module, Path, Bytes) of
        ok -> load_each(Modules, [Module | Loaded]);
        {error, Reason} -> refusal(Path, Reason)
    end.

load_one(Module, Path, Bytes) ->
    case console_device:read_file(Path, Bytes) of
        {ok, Beam} ->
            case code:load_checked(Module, binary_to_list(Path), Beam) of
                {module, Module} -> ok;
                {error, _} = Error -> Error;
                {refused, Reason} -> {error, Reason};
                error -> {error, badfile}
            end;
        {error, _} = Error ->
            Error
    end.

%% A pack keeps its path as its name: the VM refuses a second pack of one name, and the worker gives every file
%% a path of its own. `released` modules are the person's to replace.
-spec add_pack(map() | binary()) -> map().
add_pack(#{<<"path">> := Path} = Request) ->
    [code:unstick_mod(binary_to_atom(Module)) || Module <- maps:get(<<"released">>, Request, [])],
    add_pack(Path);
add_pack(Path) ->
    %% Veiled, since it takes whatever is in the file.
    case aTomvm:add_avm_pack_file(binary_to_list(Path), [{name, binary_to_atom(Path)}]) of
        ok -> #{ok => true};
        {error, Reason} -> refusal(Path, Reason)
    end.

sticky(Module) ->
    failure(io_lib:format("'~ts' is a module of the console itself: with another one in its place the console may "
                          "stop. Load it by force if that is what you want.", [Module])).

refusal(Subject, Reason) ->
    failure(io_lib:format("~ts: ~tp", [Subject, Reason])).

failure(Words) ->
    #{error => #{class => <<"error">>, message => unicode:characters_to_binary(Words), output => <<>>}}.
