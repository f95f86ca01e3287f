%% Brings modules into the VM from files that the worker has already checked:
%% nothing here looks into the bytes, and nothing unchecked may come here.
-module(console_load).

-export([load/1, add_pack/1]).

%% A pack from outside keeps its path as its name: the VM refuses a second pack
%% of one name, and the worker gives every file a path of its own.
-spec load(map()) -> map().
load(#{<<"kind">> := <<"avm">>, <<"path">> := Path, <<"modules">> := Modules}) ->
    case add_pack(Path) of
        #{ok := true} -> #{ok => #{modules => Modules}};
        Error -> Error
    end;
load(#{<<"kind">> := <<"beam">>, <<"path">> := Path, <<"bytes">> := Bytes,
       <<"modules">> := [Module]}) ->
    case console_device:read_file(Path, Bytes) of
        {ok, Beam} -> load_beam(Module, Path, Beam);
        {error, Reason} -> refusal(Path, Reason)
    end;
load(#{}) ->
    refusal(<<"load">>, incomplete_request).

load_beam(Name, Path, Beam) ->
    case code:load_binary(binary_to_atom(Name), binary_to_list(Path), Beam) of
        {module, Module} -> #{ok => #{modules => [Module]}};
        {error, Reason} -> refusal(Path, Reason);
        error -> refusal(Path, badfile)
    end.

-spec add_pack(binary()) -> map().
add_pack(Path) ->
    case atomvm:add_avm_pack_file(binary_to_list(Path), [{name, binary_to_atom(Path)}]) of
        ok -> #{ok => true};
        {error, Reason} -> refusal(Path, Reason)
    end.

refusal(Subject, Reason) ->
    Message = unicode:characters_to_binary(io_lib:format("~ts: ~tp", [Subject, Reason])),
    #{error => #{class => <<"error">>, message => Message, output => <<>>}}.
