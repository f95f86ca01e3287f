%% Files are served by OTP's own file server, on the folder that the page keeps.
-module(file).
-export([native_name_encoding/0]).

native_name_encoding() -> utf8.

%% The file server starts when it is first needed, and again should it have died.
call(Command, Arguments) ->
    gen_server:call(file_server(), list_to_tuple([Command | Arguments]), infinity).

file_server() ->
    case whereis(file_server_2) of
        undefined ->
            _ = file_server:start(),
            file_server_2;
        _ ->
            file_server_2
    end.
