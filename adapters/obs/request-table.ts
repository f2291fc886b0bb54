// Made by generate.ts from the protocol description of obs-websocket; see there.

/** Every request: since which version, category, name, fields (`?`: may be left out) and their ranges. */
export const requestTable = `
5.0.0 general BroadcastCustomEvent eventData:Object
5.0.0 general CallVendorRequest vendorName:String requestType:String ?requestData:Object
5.0.0 inputs CreateInput ?canvasUuid:String ?sceneName:String ?sceneUuid:String inputName:String inputKind:String ?inputSettings:Object ?sceneItemEnabled:Boolean
5.0.0 config CreateProfile profileName:String
5.5.0 record CreateRecordChapter ?chapterName:String
5.0.0 scenes CreateScene ?canvasUuid:String sceneName:String
5.0.0 config CreateSceneCollection sceneCollectionName:String
5.0.0 scene-items CreateSceneItem ?canvasUuid:String ?sceneName:String ?sceneUuid:String ?sourceName:String ?sourceUuid:String ?sceneItemEnabled:Boolean
5.0.0 filters CreateSourceFilter ?canvasUuid:String ?sourceName:String ?sourceUuid:String filterName:String filterKind:String ?filterSettings:Object
5.0.0 scene-items DuplicateSceneItem ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,] ?destinationSceneName:String ?destinationSceneUuid:String
5.7.0 canvases GetCanvasList
5.0.0 scenes GetCurrentPreviewScene
5.0.0 scenes GetCurrentProgramScene
5.0.0 transitions GetCurrentSceneTransition
5.0.0 transitions GetCurrentSceneTransitionCursor
5.0.0 scenes GetGroupList
5.0.0 scene-items GetGroupSceneItemList ?canvasUuid:String ?sceneName:String ?sceneUuid:String
5.0.0 general GetHotkeyList
5.0.0 inputs GetInputAudioBalance ?inputName:String ?inputUuid:String
5.0.0 inputs GetInputAudioMonitorType ?inputName:String ?inputUuid:String
5.0.0 inputs GetInputAudioSyncOffset ?inputName:String ?inputUuid:String
5.0.0 inputs GetInputAudioTracks ?inputName:String ?inputUuid:String
5.0.0 inputs GetInputDefaultSettings inputKind:String
5.6.0 inputs GetInputDeinterlaceFieldOrder ?inputName:String ?inputUuid:String
5.6.0 inputs GetInputDeinterlaceMode ?inputName:String ?inputUuid:String
5.0.0 inputs GetInputKindList ?unversioned:Boolean
5.0.0 inputs GetInputList ?inputKind:String
5.0.0 inputs GetInputMute ?inputName:String ?inputUuid:String
5.0.0 inputs GetInputPropertiesListPropertyItems ?inputName:String ?inputUuid:String propertyName:String
5.0.0 inputs GetInputSettings ?inputName:String ?inputUuid:String
5.0.0 inputs GetInputVolume ?inputName:String ?inputUuid:String
5.0.0 outputs GetLastReplayBufferReplay
5.0.0 media-inputs GetMediaInputStatus ?inputName:String ?inputUuid:String
5.0.0 ui GetMonitorList
5.0.0 outputs GetOutputList
5.0.0 outputs GetOutputSettings outputName:String
5.0.0 outputs GetOutputStatus outputName:String
5.0.0 config GetPersistentData realm:String slotName:String
5.0.0 config GetProfileList
5.0.0 config GetProfileParameter parameterCategory:String parameterName:String
5.0.0 config GetRecordDirectory
5.0.0 record GetRecordStatus
5.0.0 outputs GetReplayBufferStatus
5.0.0 config GetSceneCollectionList
5.0.0 scene-items GetSceneItemBlendMode ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,]
5.0.0 scene-items GetSceneItemEnabled ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,]
5.0.0 scene-items GetSceneItemId ?canvasUuid:String ?sceneName:String ?sceneUuid:String sourceName:String ?searchOffset:Number[-1,]
5.0.0 scene-items GetSceneItemIndex ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,]
5.0.0 scene-items GetSceneItemList ?canvasUuid:String ?sceneName:String ?sceneUuid:String
5.0.0 scene-items GetSceneItemLocked ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,]
5.0.0 scene-items GetSceneItemPrivateSettings sceneName:String sceneItemId:Number[0,]
5.4.0 scene-items GetSceneItemSource ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,]
5.0.0 scene-items GetSceneItemTransform ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,]
5.0.0 scenes GetSceneList ?canvasUuid:String
5.0.0 scenes GetSceneSceneTransitionOverride ?canvasUuid:String ?sceneName:String ?sceneUuid:String
5.0.0 transitions GetSceneTransitionList
5.0.0 sources GetSourceActive ?canvasUuid:String ?sourceName:String ?sourceUuid:String
5.0.0 filters GetSourceFilter ?canvasUuid:String ?sourceName:String ?sourceUuid:String filterName:String
5.0.0 filters GetSourceFilterDefaultSettings filterKind:String
5.4.0 filters GetSourceFilterKindList
5.0.0 filters GetSourceFilterList ?canvasUuid:String ?sourceName:String ?sourceUuid:String
5.0.0 sources GetSourcePrivateSettings sourceName:String
5.0.0 sources GetSourceScreenshot ?canvasUuid:String ?sourceName:String ?sourceUuid:String imageFormat:String ?imageWidth:Number[8,4096] ?imageHeight:Number[8,4096] ?imageCompressionQuality:Number[-1,100]
5.0.0 inputs GetSpecialInputs
5.0.0 general GetStats
5.0.0 config GetStreamServiceSettings
5.0.0 stream GetStreamStatus
5.0.0 ui GetStudioModeEnabled
5.0.0 transitions GetTransitionKindList
5.0.0 general GetVersion
5.0.0 config GetVideoSettings
5.0.0 outputs GetVirtualCamStatus
5.0.0 media-inputs OffsetMediaInputCursor ?inputName:String ?inputUuid:String mediaCursorOffset:Number
5.0.0 ui OpenInputFiltersDialog ?inputName:String ?inputUuid:String
5.0.0 ui OpenInputInteractDialog ?inputName:String ?inputUuid:String
5.0.0 ui OpenInputPropertiesDialog ?inputName:String ?inputUuid:String
5.0.0 ui OpenSourceProjector ?canvasUuid:String ?sourceName:String ?sourceUuid:String ?monitorIndex:Number ?projectorGeometry:String
5.0.0 ui OpenVideoMixProjector videoMixType:String ?monitorIndex:Number ?projectorGeometry:String
5.0.0 record PauseRecord
5.0.0 inputs PressInputPropertiesButton ?inputName:String ?inputUuid:String propertyName:String
5.0.0 inputs RemoveInput ?inputName:String ?inputUuid:String
5.0.0 config RemoveProfile profileName:String
5.0.0 scenes RemoveScene ?canvasUuid:String ?sceneName:String ?sceneUuid:String
5.0.0 scene-items RemoveSceneItem ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,]
5.0.0 filters RemoveSourceFilter ?canvasUuid:String ?sourceName:String ?sourceUuid:String filterName:String
5.0.0 record ResumeRecord
5.0.0 outputs SaveReplayBuffer
5.0.0 sources SaveSourceScreenshot ?canvasUuid:String ?sourceName:String ?sourceUuid:String imageFormat:String imageFilePath:String ?imageWidth:Number[8,4096] ?imageHeight:Number[8,4096] ?imageCompressionQuality:Number[-1,100]
5.0.0 stream SendStreamCaption captionText:String
5.0.0 scenes SetCurrentPreviewScene ?sceneName:String ?sceneUuid:String
5.0.0 config SetCurrentProfile profileName:String
5.0.0 scenes SetCurrentProgramScene ?sceneName:String ?sceneUuid:String
5.0.0 config SetCurrentSceneCollection sceneCollectionName:String
5.0.0 transitions SetCurrentSceneTransition transitionName:String
5.0.0 transitions SetCurrentSceneTransitionDuration transitionDuration:Number[50,20000]
5.0.0 transitions SetCurrentSceneTransitionSettings transitionSettings:Object ?overlay:Boolean
5.0.0 inputs SetInputAudioBalance ?inputName:String ?inputUuid:String inputAudioBalance:Number[0,1]
5.0.0 inputs SetInputAudioMonitorType ?inputName:String ?inputUuid:String monitorType:String
5.0.0 inputs SetInputAudioSyncOffset ?inputName:String ?inputUuid:String inputAudioSyncOffset:Number[-950,20000]
5.0.0 inputs SetInputAudioTracks ?inputName:String ?inputUuid:String inputAudioTracks:Object
5.6.0 inputs SetInputDeinterlaceFieldOrder ?inputName:String ?inputUuid:String inputDeinterlaceFieldOrder:String
5.6.0 inputs SetInputDeinterlaceMode ?inputName:String ?inputUuid:String inputDeinterlaceMode:String
5.0.0 inputs SetInputMute ?inputName:String ?inputUuid:String inputMuted:Boolean
5.0.0 inputs SetInputName ?inputName:String ?inputUuid:String newInputName:String
5.0.0 inputs SetInputSettings ?inputName:String ?inputUuid:String inputSettings:Object ?overlay:Boolean
5.0.0 inputs SetInputVolume ?inputName:String ?inputUuid:String ?inputVolumeMul:Number[0,20] ?inputVolumeDb:Number[-100,26]
5.0.0 media-inputs SetMediaInputCursor ?inputName:String ?inputUuid:String mediaCursor:Number[0,]
5.0.0 outputs SetOutputSettings outputName:String outputSettings:Object
5.0.0 config SetPersistentData realm:String slotName:String slotValue:Any
5.0.0 config SetProfileParameter parameterCategory:String parameterName:String parameterValue:String
5.3.0 config SetRecordDirectory recordDirectory:String
5.0.0 scene-items SetSceneItemBlendMode ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,] sceneItemBlendMode:String
5.0.0 scene-items SetSceneItemEnabled ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,] sceneItemEnabled:Boolean
5.0.0 scene-items SetSceneItemIndex ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,] sceneItemIndex:Number[0,]
5.0.0 scene-items SetSceneItemLocked ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,] sceneItemLocked:Boolean
5.0.0 scene-items SetSceneItemPrivateSettings sceneName:String sceneItemId:Number[0,] sceneItemSettings:Object
5.0.0 scene-items SetSceneItemTransform ?canvasUuid:String ?sceneName:String ?sceneUuid:String sceneItemId:Number[0,] sceneItemTransform:Object
5.0.0 scenes SetSceneName ?canvasUuid:String ?sceneName:String ?sceneUuid:String newSceneName:String
5.0.0 scenes SetSceneSceneTransitionOverride ?canvasUuid:String ?sceneName:String ?sceneUuid:String ?transitionName:String ?transitionDuration:Number[50,20000]
5.0.0 filters SetSourceFilterEnabled ?canvasUuid:String ?sourceName:String ?sourceUuid:String filterName:String filterEnabled:Boolean
5.0.0 filters SetSourceFilterIndex ?canvasUuid:String ?sourceName:String ?sourceUuid:String filterName:String filterIndex:Number[0,]
5.0.0 filters SetSourceFilterName ?canvasUuid:String ?sourceName:String ?sourceUuid:String filterName:String newFilterName:String
5.0.0 filters SetSourceFilterSettings ?canvasUuid:String ?sourceName:String ?sourceUuid:String filterName:String filterSettings:Object ?overlay:Boolean
5.0.0 sources SetSourcePrivateSettings sourceName:String sourceSettings:Object
5.0.0 config SetStreamServiceSettings streamServiceType:String streamServiceSettings:Object
5.0.0 ui SetStudioModeEnabled studioModeEnabled:Boolean
5.0.0 transitions SetTBarPosition position:Number[0,1] ?release:Boolean
5.0.0 config SetVideoSettings ?fpsNumerator:Number[1,] ?fpsDenominator:Number[1,] ?baseWidth:Number[1,4096] ?baseHeight:Number[1,4096] ?outputWidth:Number[1,4096] ?outputHeight:Number[1,4096]
5.0.0 general Sleep ?sleepMillis:Number[0,50000] ?sleepFrames:Number[0,10000]
5.5.0 record SplitRecordFile
5.0.0 outputs StartOutput outputName:String
5.0.0 record StartRecord
5.0.0 outputs StartReplayBuffer
5.0.0 stream StartStream
5.0.0 outputs StartVirtualCam
5.0.0 outputs StopOutput outputName:String
5.0.0 record StopRecord
5.0.0 outputs StopReplayBuffer
5.0.0 stream StopStream
5.0.0 outputs StopVirtualCam
5.0.0 inputs ToggleInputMute ?inputName:String ?inputUuid:String
5.0.0 outputs ToggleOutput outputName:String
5.0.0 record ToggleRecord
5.0.0 record ToggleRecordPause
5.0.0 outputs ToggleReplayBuffer
5.0.0 stream ToggleStream
5.0.0 outputs ToggleVirtualCam
5.0.0 general TriggerHotkeyByKeySequence ?keyId:String ?keyModifiers:Object ?keyModifiers.shift:Boolean ?keyModifiers.control:Boolean ?keyModifiers.alt:Boolean ?keyModifiers.command:Boolean
5.0.0 general TriggerHotkeyByName hotkeyName:String ?contextName:String
5.0.0 media-inputs TriggerMediaInputAction ?inputName:String ?inputUuid:String mediaAction:String
5.0.0 transitions TriggerStudioModeTransition
`
