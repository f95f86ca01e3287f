%% The folders in which modules are looked for beside the packs: `code:add_path/1` and its kin, and which of them a
%% module names.
-module(code_path).
-export([folders/0, set/1, add/2, add_all/2, delete/1, delete_all/1, replace/2, find/1, named/1]).

-define(PATH, {code, path}).
%% As in OTP, a path begins with the current folder until somebody sets another.
-define(FIRST, ["."]).

-type where() :: first | last.

-spec folders() -> [file:filename()].
folders() -> persistent_term:get(?PATH, ?FIRST).

-spec set([file:name()]) -> true | {error, bad_directory}.
set(Path) ->
    case lists:all(fun is_folder/1, Path) of
        true -> put_down([text(Folder) || Folder <- Path]);
        false -> {error, bad_directory}
    end.

%% A folder has one place in the path; one that is put in front again moves there.
-spec add(file:name(), where()) -> true | {error, bad_directory}.
add(Folder, Where) ->
    case is_folder(Folder) of
        true -> place(text(Folder), Where);
        false -> {error, bad_directory}
    end.

%% One by one, and those that are none are left out.
-spec add_all([file:name()], where()) -> ok.
add_all(Folders, Where) ->
    _ = [add(Folder, Where) || Folder <- Folders],
    ok.

place(Folder, first) -> put_down([Folder | lists:delete(Folder, folders())]);
place(Folder, last) ->
    case lists:member(Folder, folders()) of
        true -> true;
        false -> put_down(folders() ++ [Folder])
    end.

%% By its name in full, or by that of an application.
-spec delete(file:name()) -> boolean().
delete(Name) ->
    Wanted = text(Name),
    case lists:splitwith(fun(Folder) -> not is_called(Folder, Wanted) end, folders()) of
        {_, []} -> false;
        {Before, [_ | After]} -> put_down(Before ++ After)
    end.

-spec delete_all([file:name()]) -> ok.
delete_all(Names) ->
    _ = [delete(Name) || Name <- Names, is_name(Name)],
    ok.

%% The new folder goes by the same name, and to the end of the path where none did.
-spec replace(file:name(), file:name()) -> true | {error, bad_directory | bad_name}.
replace(Name, Folder) ->
    Wanted = text(Name),
    case {is_named(text(Folder), Wanted), is_folder(Folder)} of
        {false, _} -> {error, bad_name};
        {true, false} -> {error, bad_directory};
        {true, true} ->
            {Before, After} = lists:splitwith(fun(Other) -> not is_called(Other, Wanted) end, folders()),
            put_down(Before ++ [text(Folder) | lists:nthtail(min(1, length(After)), After)])
    end.

is_called(Folder, Name) -> Folder =:= Name orelse is_named(Folder, Name).

%% As an application is: with a version or without, and by the folder above its modules.
is_named(Folder, Name) ->
    Base = case lists:reverse(filename:split(Folder)) of
        ["ebin", Above | _] -> Above;
        [Last | _] -> Last;
        [] -> ""
    end,
    Base =:= Name orelse lists:prefix(Name ++ "-", Base).

put_down(Path) ->
    ok = persistent_term:put(?PATH, Path),
    true.

is_folder(Folder) -> is_name(Folder) andalso filelib:is_dir(text(Folder)).

is_name(Name) when is_atom(Name) -> true;
is_name(Name) -> is_list(Name) andalso Name =/= [] andalso io_lib:char_list(Name).

text(Name) when is_atom(Name) -> atom_to_list(Name);
text(Name) -> filename:join([Name]).

%% The module's file without its ending, in the first folder that has it.
-spec find(module()) -> {ok, file:filename()} | error.
find(Module) -> find(atom_to_list(Module), folders()).

find(_, []) -> error;
find(Name, [Folder | Folders]) ->
    File = filename:absname(case Folder of "." -> Name; _ -> filename:join(Folder, Name) end),
    case filelib:is_regular(File ++ ".beam") of
        true -> {ok, File};
        false -> find(Name, Folders)
    end.

%% The modules of the path that a compiled module names, by its atoms: it may call them, directly or as somebody's
%% callbacks. None where it cannot be read.
-spec named(binary()) -> [module()].
named(<<"FOR1", _:32, "BEAM", Chunks/binary>>) ->
    case {files(), chunks(Chunks, #{})} of
        {[_ | _] = Files, #{<<"AtU8">> := Atoms}} ->
            Names = atoms(Atoms),
            [binary_to_atom(Name) || Name <- Files, is_map_key(Name, Names)];
        _ ->
            []
    end;
named(_) ->
    [].

files() ->
    Names = [case file:list_dir(Folder) of {ok, Files} -> Files; {error, _} -> [] end || Folder <- folders()],
    lists:usort([unicode:characters_to_binary(filename:rootname(File))
                 || File <- lists:append(Names), filename:extension(File) =:= ".beam"]).

chunks(<<Name:4/binary, Size:32, Body:Size/binary, Rest/binary>>, Known) ->
    Pad = min(-Size band 3, byte_size(Rest)),
    <<_:Pad/binary, Next/binary>> = Rest,
    chunks(Next, Known#{Name => Body});
chunks(_, Known) ->
    Known.

%% Newer compilers write lengths as tagged numbers, and say so with a negative count.
atoms(<<Count:32/signed, Atoms/binary>>) when Count < 0 -> atoms(Atoms, long, #{});
atoms(<<_:32, Atoms/binary>>) -> atoms(Atoms, short, #{});
atoms(_) -> #{}.

atoms(<<Size, Name:Size/binary, Rest/binary>>, short, Known) ->
    atoms(Rest, short, Known#{Name => []});
atoms(<<Size:4, 0:4, Name:Size/binary, Rest/binary>>, long, Known) ->
    atoms(Rest, long, Known#{Name => []});
atoms(<<High:3, 8:5, Low, More/binary>>, long, Known) when byte_size(More) >= High * 256 + Low ->
    <<Name:(High * 256 + Low)/binary, Rest/binary>> = More,
    atoms(Rest, long, Known#{Name => []});
atoms(_, _, Known) ->
    Known.
