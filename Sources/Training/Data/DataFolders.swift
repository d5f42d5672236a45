// Training code that uses data folders needs their types everywhere.
@_exported import DataFolders
