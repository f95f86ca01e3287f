%% The native half of OTP's file functions, on the POSIX functions of AtomVM. Files lie in the memory of the VM's
%% host; what is in the home folder the page keeps.
-module(prim_file).
-export([internal_name2native/1, internal_native2name/1, internal_normalize_utf8/1, is_translatable/1]).

-define(HOME, "/home/user").
-define(CHUNK_BYTES, 65536).

%% Names are UTF-8; a NUL would cut one short.
internal_name2native(Name) when is_binary(Name) ->
    case binary:match(Name, <<0>>) of
        nomatch -> Name;
        _ -> error(badarg)
    end;
internal_name2native(Name) when is_atom(Name) ->
    internal_name2native(atom_to_binary(Name));
internal_name2native(Name) ->
    case unicode:characters_to_binary(Name) of
        Native when is_binary(Native) -> internal_name2native(Native);
        _ -> error(badarg)
    end.

internal_native2name(Native) ->
    case unicode:characters_to_list(Native) of
        Name when is_list(Name) -> Name;
        _ -> {error, ignore}
    end.

internal_normalize_utf8(Native) -> unicode:characters_to_nfc_list(Native).

is_translatable(Name) -> is_list(unicode:characters_to_list(Name)).

%% There is no current folder of the machine, only this one.
get_cwd_nif() -> {ok, cwd()}.

cwd() -> persistent_term:get({prim_file, cwd}, <<?HOME>>).

set_cwd_nif(Folder) ->
    Path = resolved(path(Folder)),
    case info(Path) of
        {ok, #file_info{type = directory}} -> persistent_term:put({prim_file, cwd}, Path);
        {ok, _} -> {error, enotdir};
        Error -> Error
    end.

get_device_cwd_nif(_Index) -> {error, enotsup}.

path(<<"/", _/binary>> = Path) -> Path;
path(<<>>) -> <<>>;
path(Path) ->
    case cwd() of
        <<"/">> -> <<"/", Path/binary>>;
        Folder -> <<Folder/binary, "/", Path/binary>>
    end.

%% Without `.` and `..`.
resolved(Path) ->
    case resolved(binary:split(Path, <<"/">>, [global]), []) of
        [] -> <<"/">>;
        Parts -> iolist_to_binary([["/", Part] || Part <- Parts])
    end.

resolved([], Parts) -> lists:reverse(Parts);
resolved([Part | Rest], Parts) when Part =:= <<>>; Part =:= <<".">> -> resolved(Rest, Parts);
resolved([<<"..">> | Rest], [_ | Parts]) -> resolved(Rest, Parts);
resolved([<<"..">> | Rest], []) -> resolved(Rest, []);
resolved([Part | Rest], Parts) -> resolved(Rest, [Part | Parts]).

open_nif(Name, Modes) ->
    Path = path(Name),
    case atomvm:posix_open(Path, open_flags(Modes), 8#666) of
        {ok, File} ->
            case handle_info(File) of
                {ok, #file_info{type = directory}} ->
                    case lists:member(directory, Modes) of
                        true -> {ok, File};
                        false -> close_nif(File), {error, eisdir}
                    end;
                _ ->
                    {ok, File}
            end;
        Error ->
            reason(Error)
    end.

open_flags(Modes) ->
    Is = fun(Mode) -> lists:member(Mode, Modes) end,
    Writes = Is(write) orelse Is(append) orelse Is(exclusive),
    Way = case {Is(read), Writes} of
        {true, true} -> [o_rdwr, o_creat];
        {false, true} -> [o_wronly, o_creat];
        _ -> [o_rdonly]
    end,
    Way ++ [o_append || Is(append)] ++ [o_excl || Is(exclusive)]
        ++ [o_trunc || Writes, not Is(read), not Is(append)].

close_nif(File) -> reason(atomvm:posix_close(File)).
delayed_close_nif(File) -> close_nif(File).

read_nif(_File, 0) ->
    {ok, <<>>};
read_nif(File, Size) ->
    case room(File, Size) of
        0 -> eof;
        Bytes -> reason(atomvm:posix_read(File, Bytes))
    end.

%% AtomVM makes room for all that is asked for, so no more is asked for than there is.
room(_File, Size) when Size =< ?CHUNK_BYTES ->
    Size;
room(File, Size) ->
    case {handle_info(File), atomvm:posix_seek(File, 0, seek_cur)} of
        {{ok, #file_info{type = regular, size = All}}, {ok, At}} -> min(Size, max(0, All - At));
        _ -> ?CHUNK_BYTES
    end.

write_nif(File, Data) ->
    write_all(File, iolist_to_binary(Data), fun(Bytes, _) -> atomvm:posix_write(File, Bytes) end, 0).

write_all(_File, <<>>, _Write, _At) ->
    ok;
write_all(File, Bytes, Write, At) ->
    case Write(Bytes, At) of
        {ok, Written} when Written > 0 ->
            <<_:Written/binary, Rest/binary>> = Bytes,
            write_all(File, Rest, Write, At + Written);
        {ok, _} ->
            {error, eagain};
        Error ->
            reason(Error)
    end.

pread_nif(_File, Offset, _Size) when Offset < 0 ->
    {error, einval};
pread_nif(_File, _Offset, 0) ->
    {ok, <<>>};
pread_nif(File, Offset, Size) ->
    All = case handle_info(File) of
        {ok, #file_info{size = Bytes}} -> Bytes;
        _ -> 0
    end,
    case min(Size, max(0, All - Offset)) of
        0 -> eof;
        Bytes1 -> reason(atomvm:posix_pread(File, Bytes1, Offset))
    end.

pwrite_nif(_File, Offset, _Data) when Offset < 0 ->
    {error, einval};
pwrite_nif(File, Offset, Data) ->
    write_all(File, iolist_to_binary(Data), fun(Bytes, At) -> atomvm:posix_pwrite(File, Bytes, At) end, Offset).

seek_nif(File, bof, Offset) -> seek(File, Offset, seek_set);
seek_nif(File, cur, Offset) -> seek(File, Offset, seek_cur);
seek_nif(File, eof, Offset) -> seek(File, Offset, seek_end);
seek_nif(_File, _Mark, _Offset) -> error(badarg).

seek(File, Offset, Whence) when is_integer(Offset) -> reason(atomvm:posix_seek(File, Offset, Whence));
seek(_File, _Offset, _Whence) -> error(badarg).

sync_nif(File, _DataOnly) -> reason(atomvm:posix_fsync(File)).

truncate_nif(File) ->
    case atomvm:posix_seek(File, 0, seek_cur) of
        {ok, At} -> reason(atomvm:posix_ftruncate(File, At));
        Error -> reason(Error)
    end.

%% Advice that nothing comes of.
advise_nif(_File, _Offset, _Length, Advice) ->
    case lists:member(Advice, [normal, sequential, random, no_reuse, will_need, dont_need]) of
        true -> ok;
        false -> {error, einval}
    end.

allocate_nif(_File, _Offset, _Length) -> {error, enotsup}.
get_handle_nif(_File) -> {error, enotsup}.
file_desc_to_ref_nif(_Number) -> {error, enotsup}.

read_file_nif(Name) ->
    case open_nif(Name, [read]) of
        {ok, File} ->
            Read = read_all(File, []),
            close_nif(File),
            Read;
        Error ->
            Error
    end.

read_all(File, Chunks) ->
    case read_nif(File, 1 bsl 27) of
        {ok, Chunk} -> read_all(File, [Chunk | Chunks]);
        eof -> {ok, iolist_to_binary(lists:reverse(Chunks))};
        Error -> Error
    end.

%% A table on disk (`dets`) points to its data like this.
ipread_s32bu_p32bu_nif(File, Offset, MaxSize) ->
    case pread_nif(File, Offset, 8) of
        {ok, <<0:32, At:32>>} -> {ok, {0, At, eof}};
        {ok, <<Size:32, At:32>>} when Size =< MaxSize ->
            case pread_nif(File, At, Size) of
                {ok, Data} -> {ok, {Size, At, Data}};
                eof -> {ok, {Size, At, eof}};
                Error -> Error
            end;
        {ok, _} -> eof;
        Other -> Other
    end.

read_handle_info_nif(File) ->
    case handle_info(File) of
        {ok, Info} -> Info;
        Error -> Error
    end.

read_info_nif(Name, _FollowLinks) ->
    case info(path(Name)) of
        {ok, Info} -> Info;
        Error -> Error
    end.

info(Path) -> file_info(atomvm:posix_stat(Path)).
handle_info(File) -> file_info(atomvm:posix_fstat(File)).

file_info({ok, #{st_mode := Mode} = Stat}) ->
    {ok, #file_info{size = map_get(st_size, Stat), type = file_type(Mode band 8#170000), access = file_access(Mode),
                    atime = map_get(st_atime_s, Stat), mtime = map_get(st_mtime_s, Stat),
                    ctime = map_get(st_ctime_s, Stat), mode = Mode, links = map_get(st_nlink, Stat),
                    major_device = map_get(st_dev, Stat), minor_device = 0, inode = map_get(st_ino, Stat),
                    uid = map_get(st_uid, Stat), gid = map_get(st_gid, Stat)}};
file_info(Error) ->
    reason(Error).

file_type(8#040000) -> directory;
file_type(8#100000) -> regular;
file_type(8#120000) -> symlink;
file_type(8#020000) -> device;
file_type(8#060000) -> device;
file_type(_) -> other.

file_access(Mode) ->
    case {Mode band 8#400, Mode band 8#200} of
        {0, 0} -> none;
        {_, 0} -> read;
        {0, _} -> write;
        _ -> read_write
    end.

%% Nobody owns a file here, and its times are those of its last change: a wish for others is taken and not granted.
set_permissions_nif(Name, _Mode) -> if_there(Name, ok).
set_owner_nif(Name, _User, _Group) -> if_there(Name, ok).
set_time_nif(Name, _Accessed, _Modified, _Created) -> if_there(Name, ok).

%% There are no links.
read_link_nif(Name) -> if_there(Name, {error, einval}).
make_hard_link_nif(Name, _New) -> if_there(Name, {error, enotsup}).
make_soft_link_nif(_Name, _New) -> {error, enotsup}.
altname_nif(_Name) -> {error, enotsup}.

if_there(Name, Answer) ->
    case info(path(Name)) of
        {ok, _} -> Answer;
        Error -> Error
    end.

list_dir_nif(Name) ->
    Path = path(Name),
    case atomvm:posix_opendir(Path) of
        {ok, Folder} ->
            Names = folder_names(Folder, []),
            _ = atomvm:posix_closedir(Folder),
            Names;
        Error ->
            reason(Error)
    end.

folder_names(Folder, Names) ->
    case atomvm:posix_readdir(Folder) of
        {ok, {dirent, _, Name}} when Name =:= <<".">>; Name =:= <<"..">> -> folder_names(Folder, Names);
        {ok, {dirent, _, Name}} -> folder_names(Folder, [Name | Names]);
        eof -> {ok, Names};
        Error -> reason(Error)
    end.

make_dir_nif(Name) -> reason(atomvm:posix_mkdir(path(Name), 8#777)).

rename_nif(From, To) -> reason(atomvm:posix_rename(path(From), path(To))).

%% OTP's words for a folder in the place of a file, and for a folder that is not empty.
del_file_nif(Name) ->
    case reason(atomvm:posix_unlink(path(Name))) of
        {error, eisdir} -> {error, eperm};
        Other -> Other
    end.

del_dir_nif(Name) ->
    case reason(atomvm:posix_rmdir(path(Name))) of
        {error, enotempty} -> {error, eexist};
        Other -> Other
    end.

%% Errors that AtomVM has no word for are numbers.
reason({error, Number}) when is_integer(Number) -> {error, eio};
reason(Other) -> Other.
