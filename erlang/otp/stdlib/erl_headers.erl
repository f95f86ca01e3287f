%% The header files of the libraries, which a program names with `-include_lib`. A page has no folder of them, so the
%% build puts their texts here (see the attribute), and each is written where it belongs when it is asked for.
-module(erl_headers).
-headers([kernel, stdlib]).
-export([place/2]).

%% Name is as in `stdlib/include/assert.hrl`; one that is not known may be a person's own.
place(Name, File) ->
    case text(Name) of
        none ->
            ok;
        Text ->
            ok = filelib:ensure_dir(File),
            file:write_file(File, Text)
    end.
