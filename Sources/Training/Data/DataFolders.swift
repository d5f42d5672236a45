// Who learns from data folders names them and their recordings everywhere.
@_exported import DataFolders
