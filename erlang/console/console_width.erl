%% How many columns the terminal gives a character: the widths of Unicode 11,
%% which is what the page's xterm uses. Both must agree, or the cursor drifts.
-module(console_width).

-export([columns/1]).

-spec columns(char()) -> 0..2.
columns(C) when C < 16#300 -> 1;
columns(C) when C < 16#1100 ->
    case is_combining(C) of
        true -> 0;
        false -> 1
    end;
columns(C) when C =< 16#115F -> 2;
columns(C) when C >= 16#1160, C =< 16#11FF -> 0;
columns(C) ->
    case is_combining(C) of
        true -> 0;
        false ->
            case is_wide(C) of
                true -> 2;
                false -> 1
            end
    end.

is_combining(C) ->
    (C =< 16#36F)
        orelse (C >= 16#483 andalso C =< 16#489)
        orelse (C >= 16#591 andalso C =< 16#5BD)
        orelse (C >= 16#610 andalso C =< 16#61A)
        orelse (C >= 16#64B andalso C =< 16#65F)
        orelse (C >= 16#6D6 andalso C =< 16#6DC)
        orelse (C >= 16#93C andalso C =< 16#93C)
        orelse (C >= 16#941 andalso C =< 16#948)
        orelse (C =:= 16#94D)
        orelse (C =:= 16#E31)
        orelse (C >= 16#E34 andalso C =< 16#E3A)
        orelse (C >= 16#E47 andalso C =< 16#E4E)
        orelse (C >= 16#1AB0 andalso C =< 16#1AFF)
        orelse (C >= 16#1DC0 andalso C =< 16#1DFF)
        orelse (C >= 16#200B andalso C =< 16#200F)
        orelse (C >= 16#202A andalso C =< 16#202E)
        orelse (C >= 16#2060 andalso C =< 16#2064)
        orelse (C >= 16#20D0 andalso C =< 16#20FF)
        orelse (C >= 16#302A andalso C =< 16#302D)
        orelse (C >= 16#3099 andalso C =< 16#309A)
        orelse (C >= 16#FE00 andalso C =< 16#FE0F)
        orelse (C >= 16#FE20 andalso C =< 16#FE2F)
        orelse (C =:= 16#FEFF)
        orelse (C >= 16#E0100 andalso C =< 16#E01EF).

is_wide(C) ->
    (C >= 16#2E80 andalso C =< 16#A4CF andalso C =/= 16#303F)
        orelse (C >= 16#A960 andalso C =< 16#A97C)
        orelse (C >= 16#AC00 andalso C =< 16#D7A3)
        orelse (C >= 16#F900 andalso C =< 16#FAFF)
        orelse (C >= 16#FE10 andalso C =< 16#FE19)
        orelse (C >= 16#FE30 andalso C =< 16#FE6F)
        orelse (C >= 16#FF01 andalso C =< 16#FF60)
        orelse (C >= 16#FFE0 andalso C =< 16#FFE6)
        orelse (C >= 16#1F300 andalso C =< 16#1F64F)
        orelse (C >= 16#1F680 andalso C =< 16#1F6FF)
        orelse (C >= 16#1F900 andalso C =< 16#1F9FF)
        orelse (C >= 16#20000 andalso C =< 16#3FFFD).
