@echo off
node --require "%~dp0..\preload.cjs" "%~dp0..\..\node_modules\@pulumi\pulumi\cmd\dynamic-provider\index.js" %*
